import { empty } from '#escape/attacks/proc/hidden.ts';
import { ifPresent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const keys: ProbeAttack = {
  kind: 'probe',
  id: 'proc-keys',
  category: 'proc',
  impact: 'H',
  tier: 2,
  title: "Keyrings of the host's users",
  technique: 'Reads /proc/keys and /proc/key-users',
  reference: 'proc_keys(5): keyrings are not namespaced',
  expected: 'Nothing in them, or ENOENT',
  probes: () => ['/proc/keys', '/proc/key-users'].map((path) => ({ name: path, argv: ['head', '64', path] })),
  judge: ifPresent(empty),
  controls: ['without:procMasks', 'host'],
  layers: ['procMasks'],
};
