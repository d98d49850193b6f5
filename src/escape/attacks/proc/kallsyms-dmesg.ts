import { all, contentOf, describeCall, only, refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

const SYSLOG_ACTION_READ_ALL = '3';

export const kallsymsDmesg: ProbeAttack = {
  kind: 'probe',
  id: 'proc-kallsyms-dmesg',
  category: 'proc',
  impact: 'H',
  tier: 1,
  title: 'Addresses and messages of the kernel',
  technique: 'Reads /proc/kallsyms; syslog(2) without a buffer; opens /dev/kmsg',
  reference: 'proc_kallsyms(5), kptr_restrict and dmesg_restrict of proc_sys_kernel(5)',
  expected: 'Zeros or ENOENT; EPERM; ENOENT',
  probes: (_, { arch }) => [
    { name: 'kallsyms', argv: ['head', '512', '/proc/kallsyms'] },
    { name: 'syslog', argv: call(arch, 'syslog', SYSLOG_ACTION_READ_ALL, '0', '0') },
    { name: 'kmsg', argv: ['open', 'r', '/dev/kmsg', '/proc/kmsg'] },
  ],
  judge: all(
    only(['kallsyms'], judgeAddresses),
    only(['syslog'], refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL', 'EFAULT'] })),
    only(['kmsg'], refused({ errnos: ['ENOENT', 'EACCES', 'EPERM'] })),
  ),
  controls: ['without:seccomp', 'host'],
};

function judgeAddresses([answer]: Answers): Judgement {
  const [open] = answer?.calls ?? [];
  if (answer === undefined || open === undefined) return { verdict: 'error', evidence: ['no answer'] };
  if (open.errno !== null) return { verdict: 'contained', evidence: [describeCall(open)] };
  const shown = contentOf(answer)
    .split('\n')
    .some((line) => /^(?!0+\s)[0-9a-f]+\s/.test(line));
  return shown
    ? { verdict: 'escaped', evidence: ['/proc/kallsyms: addresses that are not zero'] }
    : { verdict: 'contained', evidence: ['/proc/kallsyms: zeros'] };
}
