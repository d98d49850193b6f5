import { beyondSupervisor } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const perf: ProbeAttack = {
  kind: 'probe',
  id: 'ks-perf',
  category: 'kernel',
  impact: 'H',
  tier: 1,
  title: 'Performance counters',
  technique: 'perf_event_open with a pointer that leads nowhere',
  reference: 'perf_event_open(2); CVE-2023-2235, CVE-2013-2094',
  expected: 'EPERM or ENOSYS from the filter; EFAULT would be the kernel',
  probes: (_, { arch }) => callsOf(arch, { perf_event_open: ['-1', '0', '-1', '-1', '0'] }),
  judge: beyondSupervisor(refused({ errnos: ['EPERM', 'EACCES', 'ENOSYS'], reached: ['EFAULT'] })),
  // Some kernels ask for rights before they look at the pointer.
  controls: ['without:seccomp', 'host'],
};
