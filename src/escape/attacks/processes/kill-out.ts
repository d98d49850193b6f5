import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const killOut: ProbeAttack = {
  kind: 'probe',
  id: 'pr-kill-out',
  category: 'processes',
  impact: 'E',
  tier: 1,
  title: 'Signals to the supervisor',
  technique:
    'kill, tgkill, rt_sigqueueinfo and pidfd_open with signal 0 to the pid that the supervisor has on the host',
  reference: 'DMOJ: sandbox_nasm_kill_judge; pid_namespaces(7)',
  expected: 'ESRCH: there is no such process in the namespace',
  probes: ({ pid }) => [{ name: 'signals', argv: ['signals', String(pid)] }],
  judge: refused({ errnos: ['ESRCH', 'ENOSYS'], reached: ['EPERM'] }),
  controls: ['plain', 'host'],
};
