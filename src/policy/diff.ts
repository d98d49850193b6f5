import type { LoadedPolicy } from './assemble.ts';
import { withDefaults } from './defaults.ts';
import type { Entries, Leaf } from './flatten.ts';
import { effectiveLeaf, humanLeaf } from './limit-fields.ts';
import { type Change, compareLeaf } from './strictness.ts';

/** One field in which two policies differ. */
export interface PolicyDifference {
  readonly path: string;
  /** In the units of a policy file; null where the policy does not set it. */
  readonly a: string | null;
  readonly b: string | null;
  /** Whether `b` is stricter than `a`, looser, or just different. */
  readonly change: Exclude<Change, 'same'>;
}

/** Every field in which two policies differ, ceilings, compile and languages included, by path. */
export function diffPolicies(a: LoadedPolicy, b: LoadedPolicy): readonly PolicyDifference[] {
  const [left, right] = [withDefaults(a.entries), withDefaults(b.entries)];
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((path) => {
    const [before, after] = [text(left, path), text(right, path)];
    if (before === after) return [];
    const change = compareLeaf(path, inForce(left, path), inForce(right, path));
    return [{ path, a: before, b: after, change: change === 'same' ? 'different' : change }];
  });
}

function text(entries: Entries, path: string): string | null {
  const entry = entries.get(path);
  return entry === undefined ? null : `${entry.op === 'append' ? '+' : ''}${humanLeaf(path, entry.value)}`;
}

/**
 * What applies where a policy does not set a field: a language has the value of the body, the compile phase that of
 * the run, and a ceiling that is not set is the limit itself.
 */
function inForce(entries: Entries, path: string): Leaf | undefined {
  const own = entries.get(path)?.value;
  const body = path.replace(/^languages\.[^.]+\./, '');
  return own ?? effectiveLeaf(entries, body) ?? entries.get(body.replace(/^ceilings\./, 'limits.'))?.value;
}
