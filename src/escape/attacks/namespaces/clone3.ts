import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** struct clone_args: CLONE_NEWUSER, then zeros, exit_signal SIGCHLD. */
const ARGS = 'w:0x10000000,0,0,0,17,0,0,0,0,0,0';

export const clone3: ProbeAttack = {
  kind: 'probe',
  id: 'ns-clone3',
  category: 'namespaces',
  impact: 'E',
  tier: 1,
  title: 'Namespaces of its own by clone3, whose flags no filter can see',
  technique:
    'clone3 with a valid structure, a bad pointer, a size that is too small and one that is too large',
  reference: 'CVE-2021-41133, clone(2)',
  expected:
    'ENOSYS always, so that callers fall back to clone; EFAULT, EINVAL or E2BIG would come from the kernel',
  probes: (_, { arch }) => [
    { name: 'user namespace', argv: call(arch, 'clone3', ARGS, '88') },
    { name: 'bad pointer', argv: call(arch, 'clone3', '1', '88') },
    { name: 'too small', argv: call(arch, 'clone3', ARGS, '8') },
    { name: 'too large', argv: call(arch, 'clone3', ARGS, '8192') },
  ],
  judge: refused({ errnos: ['ENOSYS'], reached: ['EFAULT', 'EINVAL', 'E2BIG', 'EPERM', 'ENOSPC'] }),
  controls: ['without:seccomp', 'host'],
  layers: [],
};
