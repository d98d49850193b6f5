import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** MS_REMOUNT | MS_BIND | MS_RDONLY. */
const REMOUNT = '0x1021';
const MS_BIND = '0x1000';
const MNT_DETACH = '2';

export const mountLegacy: ProbeAttack = {
  kind: 'probe',
  id: 'fs-mount-legacy',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Mount, bind, remount, unmount',
  technique:
    'mount(2) of a tmpfs with an option that does not exist, a bind of a path that does not exist, a remount and umount2 of what is no mount',
  reference: 'mount(2), umount(2), CAP_SYS_ADMIN of capabilities(7)',
  expected: 'EPERM or ENOSYS; every other errno comes from behind the check',
  probes: (_, { arch }) => [
    { name: 'tmpfs', argv: call(arch, 'mount', 's:none', 's:/proc', 's:tmpfs', '0', 's:warder=no') },
    { name: 'bind', argv: call(arch, 'mount', 's:/warder/no', 's:/proc', '0', MS_BIND, '0') },
    { name: 'remount', argv: call(arch, 'mount', 's:none', 's:/proc/self', '0', REMOUNT, '0') },
    { name: 'umount', argv: call(arch, 'umount2', 's:/proc/self', MNT_DETACH) },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EINVAL', 'ENOENT', 'EBUSY', 'EACCES'] }),
  controls: ['privileged', 'plain'],
  backed: () => ['seccomp'],
};
