import { describe, expect, test } from 'vitest';
import { ATTACKS } from '#escape/corpus.ts';
import { brokenClaims } from '#escape/layers.ts';
import type { Facts, ProbeAttack, Relaxation } from '#escape/types.ts';

const facts: Facts = {
  arch: 'x86_64',
  kernel: '6.1.0',
  uid: 0,
  engine: 'bubblewrap',
  policy: {
    name: 'strict',
    network: 'none',
    writtenFiles: 'allow',
    seccompProfile: 'default',
    pids: 64,
    children: true,
  },
  landlockAbi: 7,
  cgroupDriver: 'v2',
};
const probes = ATTACKS.filter((attack): attack is ProbeAttack => attack.kind === 'probe');
const claiming = (backed: readonly Relaxation[]): ProbeAttack => {
  const [first] = probes;
  if (first === undefined) throw new Error('no attack');
  return { ...first, backed: () => backed };
};

describe('brokenClaims', () => {
  test.each([
    ['nothing is claimed', [], 'seccomp', 'escaped', 0],
    ['another control holds', ['seccomp'], 'seccomp', 'contained', 0],
    ['no other control holds', ['seccomp'], 'seccomp', 'escaped', 1],
    ['what lets it through is not what is claimed', ['seccomp'], 'landlock', 'escaped', 0],
    ['it could not be asked', ['seccomp'], 'seccomp', 'error', 0],
  ] as const)('%s', (_, backed, without, verdict, count) => {
    expect(brokenClaims(claiming(backed), facts, [{ without, verdict }])).toHaveLength(count);
  });
});

describe.each(probes.map((attack) => [attack.id, attack] as const))('%s', (_, attack) => {
  test('is asked without each control of which another is claimed to hold', () => {
    const asked: readonly string[] = attack.layers ?? ['seccomp', 'landlock'];
    for (const claimed of attack.backed?.(facts) ?? []) expect(asked).toContain(claimed);
  });
});

test('the network, namespaces, mounts and the root file system claim two', () => {
  const claims = probes
    .filter((attack) => (attack.backed?.(facts) ?? []).length > 0)
    .map(({ category }) => category);
  for (const category of ['network', 'namespaces', 'filesystem', 'capabilities', 'proc'])
    expect(claims).toContain(category);
});

test('without Landlock a read-only mount is the only one, and nothing else is claimed', () => {
  const attack = probes.find(({ id }) => id === 'fs-write-rootfs');
  expect(attack?.backed?.({ ...facts, landlockAbi: 0 })).toEqual([]);
});
