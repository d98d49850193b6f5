import type { InputIssue } from '#error/codes.ts';
import type { Entries, Origin } from './flatten.ts';
import { mergeEntries } from './merge.ts';

/** One file, with the files that it builds on by id. */
export interface FileNode {
  readonly id: string;
  /** How messages call it: a shipped name or a path. */
  readonly label: string;
  /** In the order written; `origin` is the place of the entry in the list. */
  readonly parents: readonly { readonly id: string; readonly origin: Origin }[];
}

/** One policy file, loaded and valid. */
export interface PolicyNode extends FileNode {
  readonly entries: Entries;
}

export type Ordered<N extends FileNode> =
  | { readonly ok: true; readonly order: readonly N[] }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** The key under which a file lists the files that it builds on, and what the list does. */
const VERBS = { extends: 'extend', includes: 'include' } as const;

/** Chains longer than this are refused (contract). */
const MAX_DEPTH = 10;

/**
 * The files in the order in which they apply, lowest first. Each file applies once, where it is first needed: a file
 * that two others extend never overrides either of them, and what it appends is appended once.
 */
export function orderFiles<N extends FileNode>(
  nodes: ReadonlyMap<string, N>,
  rootId: string,
  key: keyof typeof VERBS,
): Ordered<N> {
  const issues: InputIssue[] = [];
  const order = new Map<string, N>();
  const heights = new Map<string, number>();
  /** Number of steps below the file; adds the file after everything that it builds on. */
  const place = (id: string, trail: readonly N[]): number => {
    const node = nodes.get(id);
    const known = heights.get(id);
    if (!node || known !== undefined) return known ?? 0;
    let height = 0;
    for (const parent of node.parents) {
      const cycle = cycleLabels([...trail, node], parent.id);
      if (cycle)
        issues.push(
          chainIssue(parent.origin, key, `the files ${VERBS[key]} each other: ${cycle.join(' → ')}`),
        );
      else height = Math.max(height, 1 + place(parent.id, [...trail, node]));
    }
    heights.set(id, height);
    order.set(id, node);
    return height;
  };
  const depth = place(rootId, []);
  const first = nodes.get(rootId)?.parents[0];
  if (depth > MAX_DEPTH && first) {
    issues.push(chainIssue(first.origin, key, `\`${key}\` goes ${depth} files deep, more than ${MAX_DEPTH}`));
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, order: [...order.values()] };
}

/** All files as one. */
export function combinePolicies(order: readonly PolicyNode[]): Entries {
  return order.reduce<Entries>((lower, node) => mergeEntries(lower, node.entries), new Map());
}

/** The way from a file back to itself, when `parentId` is already on the trail. */
function cycleLabels(trail: readonly FileNode[], parentId: string): readonly string[] | undefined {
  const start = trail.findIndex((node) => node.id === parentId);
  if (start < 0) return undefined;
  const cycle = trail.slice(start);
  return [...cycle, ...cycle.slice(0, 1)].map((node) => node.label);
}

function chainIssue(origin: Origin, path: string, message: string): InputIssue {
  return { path, message, ...origin };
}
