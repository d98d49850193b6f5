import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const ioUring: ProbeAttack = {
  kind: 'probe',
  id: 'ks-io-uring',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'io_uring, which makes calls that no filter sees',
  technique: 'io_uring_setup with a pointer that leads nowhere, enter and register on no descriptor',
  reference: 'CVE-2024-0582, CVE-2024-22017; ten of the kernel bugs that gVisor lists',
  expected: 'ENOSYS or EPERM, never a kill: libuv asks for a ring at its start and does without on an errno',
  probes: (_, { arch }) =>
    callsOf(arch, {
      io_uring_setup: ['8', '-1'],
      io_uring_enter: ['-1', '1', '0', '0', '0', '0'],
      io_uring_register: ['-1', '0', '0', '0'],
    }),
  judge: (answers, context) => {
    const judgement = refused({ errnos: ['ENOSYS', 'EPERM'], reached: ['EFAULT', 'EBADF', 'EINVAL'] })(
      answers,
      context,
    );
    const isRefusedByErrno = answers.every(({ calls }) => calls.some(({ errno }) => errno !== null));
    if (judgement.verdict !== 'contained' || isRefusedByErrno) return judgement;
    return {
      verdict: 'weak',
      evidence: [...judgement.evidence, 'a kill, by which Node.js ends at its start'],
    };
  },
  controls: ['without:seccomp'],
};
