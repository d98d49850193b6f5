import type { AbsentAttack } from '#escape/types.ts';

export const smt: AbsentAttack = {
  kind: 'absent',
  id: 'leak-smt',
  category: 'leaks',
  impact: 'L',
  tier: 2,
  title: 'A neighbour on the same core',
  technique: 'Measures what a sibling thread of the processor does',
  reference: 'core scheduling of the kernel documentation; Firecracker "disable SMT"',
  expected: 'Runs of strangers do not share a core',
  verdict: 'not-applicable',
  why: 'warder asks for no core scheduling: side channels of processors are not promised; warder doctor says whether SMT is on',
};
