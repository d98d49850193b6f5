import type { SeccompFilter } from '#seccomp/ir.ts';

/** A filter for the launcher that refuses one call. */
export const OUTER: SeccompFilter = {
  arch: 'x86_64',
  entries: [
    { syscall: 'mount', branches: [], otherwise: { action: { kind: 'errno', errno: 1 }, why: 'test' } },
  ],
  defaultAction: { kind: 'allow' },
};
