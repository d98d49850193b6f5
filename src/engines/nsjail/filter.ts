import type { SeccompFilter } from '#seccomp/ir.ts';
import { emitKafel } from '#seccomp/kafel.ts';

/** One string for each line of kafel: nsjail joins them, and the file stays readable. */
export function seccompStrings(filter: SeccompFilter): readonly string[] {
  return emitKafel(filter).trimEnd().split('\n');
}
