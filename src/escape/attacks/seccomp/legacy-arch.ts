import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const legacyArch: ProbeAttack = {
  kind: 'probe',
  id: 'sc-legacy-arch',
  category: 'seccomp',
  impact: 'V',
  tier: 1,
  title: 'Old calls of the architecture',
  technique: 'modify_ldt that reads nothing, iopl and ioperm of level 0 and no port',
  reference: 'modify_ldt(2), iopl(2); CVE-2015-5157 and others',
  expected: 'EPERM or ENOSYS',
  applies: ({ arch }) => (arch === 'x86_64' ? null : 'this architecture has none of these calls'),
  probes: (_, { arch }) =>
    callsOf(arch, { modify_ldt: ['0', '0', '0'], iopl: ['0'], ioperm: ['0', '1', '0'] }),
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
