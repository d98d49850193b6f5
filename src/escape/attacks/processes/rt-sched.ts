import { beyondSupervisor } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const rtSched: ProbeAttack = {
  kind: 'probe',
  id: 'pr-rt-sched',
  category: 'processes',
  impact: 'D',
  tier: 1,
  title: 'Run before everybody else',
  technique: 'SCHED_FIFO, SCHED_RR, SCHED_DEADLINE, nice -20 and real-time I/O priority for itself',
  reference: 'sched(7); nsjail’s rlimit_rtprio',
  expected: 'EPERM or EACCES for each',
  probes: () => [{ name: 'realtime', argv: ['realtime'] }],
  judge: beyondSupervisor(refused({ errnos: ['EPERM', 'EACCES', 'ENOSYS'] })),
  controls: ['host'],
  backed: () => ['seccomp'],
};
