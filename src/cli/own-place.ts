import { isAbsolute } from 'node:path';
import { PARENT_VARIABLE } from '#internal.ts';
import { usageError } from './usage-error.ts';

/**
 * Where the groups of a command's runs go. The process is ours alone, so it may move itself out of the way.
 * @throws WarderError REQUEST_INVALID for a variable that is no absolute path
 */
export function ownPlace(env: NodeJS.ProcessEnv): { readonly moveSelf: true; readonly parent?: string } {
  const parent = env[PARENT_VARIABLE];
  if (!parent) return { moveSelf: true };
  if (isAbsolute(parent)) return { moveSelf: true, parent };
  throw usageError(PARENT_VARIABLE, `not an absolute path: ${parent}`, 'See docs/cgroups.md, or unset it');
}
