import { NAMESPACE_FLAGS } from '#escape/attacks/namespaces/flags.ts';
import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

const SIGCHLD = 17;
const CLONE_UNTRACED = 0x800000;
const CLONE_NEWTIME_BIT = 0x80;

export const cloneFlags: ProbeAttack = {
  kind: 'probe',
  id: 'ns-clone-flags',
  category: 'namespaces',
  impact: 'E',
  tier: 1,
  title: 'Namespaces of its own by clone',
  technique:
    'clone with each namespace flag, with CLONE_UNTRACED, and with bits above the 32 that the kernel looks at',
  reference: 'clone(2)',
  expected: 'EPERM, ENOSYS or ENOSPC',
  probes: (_, { arch }) => {
    const clone = (name: string, flags: string) => ({ name, argv: call(arch, 'clone', flags) });
    const { user } = NAMESPACE_FLAGS;
    return [
      ...Object.entries(NAMESPACE_FLAGS).map(([name, flag]) => clone(name, hex(flag + SIGCHLD))),
      clone('untraced', hex(user + CLONE_UNTRACED + SIGCHLD)),
      clone('high bits', `0x1${(user + SIGCHLD).toString(16).padStart(8, '0')}`),
      clone('time as exit signal', hex(user + CLONE_NEWTIME_BIT)),
    ];
  },
  // A child that was made prints its own answer as well, which is a success too.
  judge: refused({ errnos: ['EPERM', 'ENOSYS', 'ENOSPC'] }),
  controls: ['privileged', 'host'],
  backed: () => ['seccomp', 'userNamespaceLimit'],
  layers: ['seccomp', 'userNamespaceLimit'],
};

function hex(flags: number): string {
  return `0x${flags.toString(16)}`;
}
