import { beyondSupervisor, isNarrow } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** Since Linux 6.7, the same number on every architecture. */
const FUTEX_REQUEUE = '456';
/** FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI of linux/futex.h. */
const REQUEUE_PI = { 'futex WAIT_REQUEUE_PI': '11', 'futex CMP_REQUEUE_PI': '12' } as const;

export const futexPi: ProbeAttack = {
  kind: 'probe',
  id: 'ks-futex-pi',
  category: 'kernel',
  impact: 'E',
  tier: 2,
  title: 'Requeueing of futexes',
  technique:
    'futex_requeue(2); under profiles strict and paranoid also the operations of futex(2) that requeue to a priority-inheriting lock. Profile default allows those: glibc has used them',
  reference: 'CVE-2026-43499, CVE-2014-3153',
  expected: 'ENOSYS from the filter; EFAULT or EINVAL would be the kernel',
  probes: (_, facts) => {
    const [, , number = ''] = call(facts.arch, 'futex');
    const operations = isNarrow(facts) ? Object.entries(REQUEUE_PI) : [];
    return [
      { name: 'futex_requeue', argv: ['sys', 'futex_requeue', FUTEX_REQUEUE, '-1', '0xff', '0', '0'] },
      ...operations.map(([name, operation]) => ({
        name,
        argv: ['sys', name, number, '-1', operation, '0', '0', '-1', '0'],
      })),
    ];
  },
  judge: beyondSupervisor(refused({ errnos: ['ENOSYS', 'EPERM'], reached: ['EFAULT', 'EINVAL'] })),
  controls: ['without:seccomp', 'host'],
};
