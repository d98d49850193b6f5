import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** linux/personality.h */
const PERSONAS = { ADDR_NO_RANDOMIZE: '0x40000', READ_IMPLIES_EXEC: '0x400000', MMAP_PAGE_ZERO: '0x100000' };

export const personality: ProbeAttack = {
  kind: 'probe',
  id: 'sc-personality',
  category: 'seccomp',
  impact: 'V',
  tier: 1,
  title: 'Switch off address randomization',
  technique:
    'personality with ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC and MMAP_PAGE_ZERO, with and without high bits',
  reference: 'personality(2)',
  expected: 'EPERM',
  probes: (_, { arch }) =>
    Object.entries(PERSONAS).flatMap(([name, persona]) => [
      { name, argv: call(arch, 'personality', persona) },
      { name: `${name} high`, argv: call(arch, 'personality', `0x1${persona.slice(2).padStart(8, '0')}`) },
    ]),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
