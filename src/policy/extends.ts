import type { InputIssue } from '#error/codes.ts';
import type { Entries, Origin } from './flatten.ts';
import { mergeEntries } from './merge.ts';

/** One policy file, loaded and valid, with the files that it extends by id. */
export interface PolicyNode {
  readonly id: string;
  /** How messages call it: a shipped name or a path. */
  readonly label: string;
  readonly entries: Entries;
  /** In the order written; `origin` is the place of the entry in the list. */
  readonly parents: readonly { readonly id: string; readonly origin: Origin }[];
}

export type Ordered =
  | { readonly ok: true; readonly order: readonly PolicyNode[] }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** `extends` chains longer than this are refused (contract). */
const MAX_DEPTH = 10;

/**
 * The files in the order in which they apply, lowest first. Each file applies once, where it is first needed: a file
 * that two others extend never overrides either of them, and what it appends is appended once.
 */
export function orderPolicies(nodes: ReadonlyMap<string, PolicyNode>, rootId: string): Ordered {
  const issues: InputIssue[] = [];
  const order = new Map<string, PolicyNode>();
  const heights = new Map<string, number>();
  /** Number of `extends` steps below the file; adds the file after everything that it extends. */
  const place = (id: string, trail: readonly PolicyNode[]): number => {
    const node = nodes.get(id);
    const known = heights.get(id);
    if (!node || known !== undefined) return known ?? 0;
    let height = 0;
    for (const parent of node.parents) {
      const cycle = cycleLabels([...trail, node], parent.id);
      if (cycle)
        issues.push(extendsIssue(parent.origin, `the files extend each other: ${cycle.join(' → ')}`));
      else height = Math.max(height, 1 + place(parent.id, [...trail, node]));
    }
    heights.set(id, height);
    order.set(id, node);
    return height;
  };
  const depth = place(rootId, []);
  const first = nodes.get(rootId)?.parents[0];
  if (depth > MAX_DEPTH && first) {
    issues.push(extendsIssue(first.origin, `\`extends\` goes ${depth} files deep, more than ${MAX_DEPTH}`));
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, order: [...order.values()] };
}

/** All files as one. */
export function combinePolicies(order: readonly PolicyNode[]): Entries {
  return order.reduce<Entries>((lower, node) => mergeEntries(lower, node.entries), new Map());
}

/** The way from a file back to itself, when `parentId` is already on the trail. */
function cycleLabels(trail: readonly PolicyNode[], parentId: string): readonly string[] | undefined {
  const start = trail.findIndex((node) => node.id === parentId);
  if (start < 0) return undefined;
  const cycle = trail.slice(start);
  return [...cycle, ...cycle.slice(0, 1)].map((node) => node.label);
}

function extendsIssue(origin: Origin, message: string): InputIssue {
  return { path: 'extends', message, ...origin };
}
