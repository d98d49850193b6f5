import type { Entries, Leaf } from './flatten.ts';
import { effectiveLeaf, humanLeaf } from './limit-fields.ts';
import { compareLeaf, fieldOrder } from './strictness.ts';

/** A wish of a request that goes beyond what the policy grants. */
export interface Widening {
  readonly path: string;
  /** What was asked, what the policy has, and what the difference means. */
  readonly why: string;
}

/**
 * The widenings among `paths`, which a request set: `before` is the policy (language applied), `after` is with the
 * request. Up to a ceiling nothing is a widening; a field without a ceiling has its own value as ceiling.
 */
export function findWidenings(
  before: Entries,
  after: Entries,
  paths: readonly string[],
): readonly Widening[] {
  return paths.flatMap((path) => {
    const had = effectiveLeaf(before, path);
    const asked = after.get(path)?.value;
    if (!grantsMore(path, had, asked) || isAllowed(before, path, asked)) return [];
    return [{ path, why: explain(before, path, had, asked) }];
  });
}

function grantsMore(path: string, had: Leaf | undefined, asked: Leaf | undefined): boolean {
  if (fieldOrder(path).order.kind === 'free') return false;
  const change = compareLeaf(path, had, asked);
  return change === 'looser' || change === 'different';
}

function isAllowed(before: Entries, path: string, asked: Leaf | undefined): boolean {
  const ceiling = ceilingOf(before, path);
  if (ceiling !== undefined) return compareLeaf(path, ceiling, asked) !== 'looser';
  // `rootfs: auto` falls back to the host by itself where allowDegraded lists it, so asking for that is no more.
  return path === 'filesystem.rootfs' && asked === 'host' && waives(before, 'rootfs') && isAuto(before);
}

function waives(before: Entries, control: string): boolean {
  return [before.get('allowDegraded')?.value].flat().includes(control);
}

function isAuto(before: Entries): boolean {
  return before.get('filesystem.rootfs')?.value === 'auto';
}

/** The ceilings hold for both phases; only amounts have any. */
function ceilingOf(before: Entries, path: string): Leaf | undefined {
  const field = /^(?:compile\.)?limits\.(.+)$/.exec(path)?.[1];
  return before.get(`ceilings.${field}`)?.value;
}

function explain(before: Entries, path: string, had: Leaf | undefined, asked: Leaf | undefined): string {
  const text = (leaf: Leaf | undefined): string =>
    leaf === undefined ? 'unset value' : humanLeaf(path, leaf);
  const ceiling = ceilingOf(before, path);
  const allowed =
    ceiling === undefined ? `the policy's own ${text(had)}` : `the policy's ceiling ${text(ceiling)}`;
  return `asked for ${text(asked)}, beyond ${allowed}: ${fieldOrder(path).reason}`;
}
