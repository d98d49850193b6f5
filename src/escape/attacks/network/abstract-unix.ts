import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const abstractUnix: ProbeAttack = {
  kind: 'probe',
  id: 'net-abstract-unix',
  category: 'network',
  impact: 'X',
  tier: 1,
  title: 'Abstract sockets of the host',
  technique: 'connects to the suite’s listener with an abstract address, which no file system holds',
  reference: 'CVE-2020-15257; unix(7)',
  expected:
    'ECONNREFUSED: the network namespace is the jail’s own; EPERM where Landlock answers first, EAFNOSUPPORT where the filter does',
  probes: ({ abstractName }) => [{ name: 'abstract', argv: ['connect', `@${abstractName}`] }],
  judge: refused({ errnos: ['ECONNREFUSED', 'EPERM', 'EAFNOSUPPORT'] }),
  controls: [
    'without:networkNamespace',
    'without:networkNamespace+landlock',
    'without:seccomp+networkNamespace+landlock',
    'host',
  ],
  layers: ['networkNamespace', 'landlock'],
};
