/** What was thrown in place of a result, as a finding: the code is the one that `warder run` ends with. */
import type { ErrorCode } from '#error/codes.ts';
import { nameExhaustion } from '#error/exhausted.ts';
import { errnoOf, isWarderError, type WarderError } from '#error/warder-error.ts';
import { installLanguage } from './fixes/packages.ts';
import { buildTree } from './fixes/rootfs.ts';
import type { Finding, Fix } from './types.ts';

/** What repairs of refusals depend on. */
export interface RefusalContext {
  /** `filesystem.rootfs` of the policy. */
  readonly rootfs: string;
  /** Names of the trees that can be built. */
  readonly manifests: readonly string[];
  /** The words that start this program. */
  readonly self: readonly string[];
}

/** Has `true`, and what else a plain command is likely to be. */
const TREE_OF_COMMANDS = 'bash';

/** @param language id of the one that was to run; null for a command */
export function judgeRefusal(thrown: unknown, language: string | null, context: RefusalContext): Finding {
  const error = nameExhaustion(thrown);
  if (!isWarderError(error)) return { state: 'failed', found: errnoOf(error), code: 'INTERNAL_BUG' };
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  const fix = fixOf(error, language, context);
  return {
    state: 'failed',
    found: `${error.code}: ${error.message}${hint}`,
    code: error.code,
    ...(fix ? { fix } : {}),
  };
}

/** Whether a tree that is not built is all that is missing. */
export function lacksTree(thrown: unknown): boolean {
  if (hasCode(thrown, 'HOST_ROOTFS_MISSING')) return true;
  return (
    hasCode(thrown, 'HOST_CONTROL_UNENFORCEABLE') &&
    thrown.details.controls.every(({ control }) => control === 'rootfs')
  );
}

function fixOf(
  error: unknown,
  language: string | null,
  { rootfs, manifests, self }: RefusalContext,
): Fix | undefined {
  if (hasCode(error, 'HOST_LANGUAGE_MISSING')) return installLanguage(error.details.language);
  const isDamaged = hasCode(error, 'HOST_ROOTFS_DAMAGED');
  if (isDamaged || hasCode(error, 'HOST_ROOTFS_MISSING')) {
    const { rootfs: name } = error.details;
    return manifests.includes(name) ? buildTree(name, self) : undefined;
  }
  // A policy that names the host's own files is not helped by a tree.
  if (!lacksTree(error) || rootfs !== 'auto') return undefined;
  const name = language ?? TREE_OF_COMMANDS;
  return manifests.includes(name) ? buildTree(name, self) : undefined;
}

function hasCode<C extends ErrorCode>(error: unknown, code: C): error is WarderError<C> {
  return isWarderError(error) && error.code === code;
}
