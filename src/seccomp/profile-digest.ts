import { createHash } from 'node:crypto';
import { actionValue } from './action.ts';
import { conditionKey } from './conditions.ts';
import { ARCHES, type Branch } from './ir.ts';
import { type ProfileDocument, profileLanguages, type ResolvedProfile, resolveProfile } from './profile.ts';

/**
 * SHA-256 (hex) over what a profile does: default action and rules, on every architecture and for every language that
 * it mentions. Names, reasons, comments, the order of calls and the way that files are split do not count.
 */
export function profileDigest(documents: readonly ProfileDocument[]): string {
  const languages = [undefined, ...profileLanguages(documents)];
  const variants = ARCHES.flatMap((arch) =>
    languages.map((language) => [
      arch,
      language ?? null,
      ...content(resolveProfile(documents, { arch, language })),
    ]),
  );
  return createHash('sha256')
    .update(JSON.stringify({ version: 1, variants }))
    .digest('hex');
}

function content({ defaultAction, calls }: ResolvedProfile): readonly unknown[] {
  const rules = [...calls].map(
    ([name, { branches, otherwise }]) =>
      [name, branches.map(branchContent), actionValue(otherwise.action)] as const,
  );
  return [actionValue(defaultAction.action), rules.sort(([a], [b]) => (a < b ? -1 : 1))];
}

function branchContent({ when, action }: Branch): readonly unknown[] {
  return [when.map(conditionKey), actionValue(action)];
}
