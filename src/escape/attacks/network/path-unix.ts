import { withAliases } from '#escape/bind-aliases.ts';
import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** Whoever reaches one of these has the host, or the user's session. */
const SOCKETS = [
  '/run/docker.sock',
  '/var/run/docker.sock',
  '/run/containerd/containerd.sock',
  '/run/podman/podman.sock',
  '/run/systemd/private',
  '/run/systemd/notify',
  '/run/systemd/resolve/io.systemd.Resolve',
  '/run/dbus/system_bus_socket',
  '/run/nscd/socket',
  '/run/user/1000/bus',
  '/run/user/1000/wayland-0',
  '/tmp/.X11-unix/X0',
];

export const pathUnix: ProbeAttack = {
  kind: 'probe',
  id: 'net-path-unix',
  category: 'network',
  impact: 'E',
  tier: 1,
  title: 'Sockets of the host in the file system',
  technique:
    'connects to the suite’s listener, and asks with access(2) whether Docker, containerd, systemd, D-Bus, nscd, Wayland and X11 could be written to; each by the binds of the policy too',
  reference: 'landrun #43: an escape by systemd-run; unix(7)',
  expected:
    'ENOENT for each: no such directory of the host is in the jail; EAFNOSUPPORT where the filter answers first',
  probes: ({ unixPath }, facts) => [
    { name: 'own', argv: ['connect', ...withAliases([unixPath], facts)] },
    { name: 'sockets', argv: ['access', '2', ...withAliases(SOCKETS, facts)] },
  ],
  judge: refused({
    errnos: ['ENOENT', 'ENOTDIR', 'EAFNOSUPPORT'],
    reached: ['ECONNREFUSED', 'EACCES', 'EPROTOTYPE', 'EAGAIN'],
  }),
  controls: ['host'],
};
