import type { LoadedPolicy } from './assemble.ts';
import { withDefaults } from './defaults.ts';
import type { Origin } from './flatten.ts';
import { humanLeaf } from './limit-fields.ts';

export interface ExplainedValue {
  readonly path: string;
  /** In the units of a policy file. */
  readonly value: string;
  /** Where it was written, the file that decided last; several for a list that was appended to, none for a default. */
  readonly origins: readonly Origin[];
}

/** Each value of a policy with the files that set it, by path. */
export function explainPolicy(loaded: LoadedPolicy): readonly ExplainedValue[] {
  return [...withDefaults(loaded.entries)]
    .map(([path, { value, origins }]) => ({ path, value: humanLeaf(path, value), origins }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
