import { all, contentOf, only, refused } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

const KNOWN = [
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts', 'console', 'core'],
  ...['fd', 'stdin', 'stdout', 'stderr', 'shm'],
  // Bound by warder for init, which closes user namespaces with it under nsjail; opening it for writing is tried below.
  '.max_user_namespaces',
];
const DANGEROUS = [
  'kvm',
  'fuse',
  'uinput',
  'mem',
  'vsock',
  'vhost-vsock',
  'net/tun',
  'dri',
  'loop-control',
  'mapper',
];

export const devInventory: ProbeAttack = {
  kind: 'probe',
  id: 'fs-dev-inventory',
  category: 'filesystem',
  impact: 'H',
  tier: 1,
  title: 'Devices that nobody needs',
  technique: 'Lists /dev; asks for kvm, fuse, uinput, mem, vsock, tun, dri, loop-control',
  reference: 'Documentation/admin-guide/devices.txt',
  expected: 'Nothing but null, zero, full, random, urandom, the streams and shm; ENOENT for the rest',
  probes: () => [
    { name: 'list', argv: ['list', '/dev'] },
    { name: 'ask', argv: ['access', '0', ...DANGEROUS.map((name) => `/dev/${name}`)] },
    { name: 'sysctl', argv: ['open', 'w', '/dev/.max_user_namespaces'] },
  ],
  judge: all(
    only(['list'], judgeList),
    only(['ask'], refused({ errnos: ['ENOENT', 'EACCES'] })),
    only(['sysctl'], refused({ errnos: ['ENOENT', 'EACCES', 'EPERM', 'EROFS'] })),
  ),
  controls: ['host'],
  layers: [],
};

function judgeList([answer]: Answers): Judgement {
  const names = answer
    ? contentOf(answer)
        .split('\n')
        .filter((name) => name !== '')
    : [];
  const foreign = names.filter((name) => !KNOWN.includes(name));
  if (names.length === 0) return { verdict: 'error', evidence: ['/dev could not be listed'] };
  if (foreign.length > 0) return { verdict: 'escaped', evidence: foreign.map((name) => `/dev/${name}`) };
  return { verdict: 'contained', evidence: [`/dev: ${names.join(' ')}`] };
}
