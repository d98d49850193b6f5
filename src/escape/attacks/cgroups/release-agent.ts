import { refused } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** MS_RDONLY, MS_NOSUID, MS_NODEV and MS_NOEXEC of linux/mount.h. */
const FLAGS = '15';

export const releaseAgent: ProbeAttack = {
  kind: 'probe',
  id: 'cg-release-agent',
  category: 'cgroups',
  impact: 'E',
  tier: 1,
  title: 'A program of the host’s, started when a group becomes empty',
  technique:
    'mounts cgroup and cgroup2, where release_agent would be, with an option that does not exist; unshare(NEWUSER | NEWNS | NEWCGROUP)',
  reference: 'CVE-2022-0492',
  expected: 'EPERM for the mounts, EPERM or ENOSPC for unshare',
  probes: (_, { arch }) => {
    const [, , mount = ''] = call(arch, 'mount');
    return [
      { name: 'unshare', argv: call(arch, 'unshare', '0x12020000') },
      ...['cgroup', 'cgroup2'].map((type) => ({
        name: `mount ${type}`,
        argv: ['sys', `mount ${type}`, mount, 's:none', 's:/proc', `s:${type}`, FLAGS, 's:warder=no'],
      })),
    ];
  },
  judge: refused({ errnos: ['EPERM', 'ENOSPC', 'ENOSYS'], reached: ['EBUSY', 'EINVAL', 'ENOENT', 'ENODEV'] }),
  controls: ['privileged', 'without:seccomp+userNamespaceLimit'],
  backed: () => ['seccomp'],
};
