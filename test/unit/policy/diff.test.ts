import { expect, test } from 'vitest';
import { diffPolicies } from '#policy/diff.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { loadBody } from './policy-files.ts';

async function diff(a: string, b: string): Promise<readonly string[]> {
  const rows = diffPolicies(await loadBody(a), await loadBody(b));
  return rows.map((row) => `${row.path}: ${row.a} → ${row.b} ${row.change}`);
}

test('a policy does not differ from itself, however it is written', async () => {
  expect(await diff('limits: { memory: 1GiB }', 'limits: { memory: 1024MiB }')).toEqual([]);
});

test('each row says whether b is stricter', async () => {
  const a = 'limits: { memory: 1GiB, wall: 5s }\nnetwork: { mode: loopback }\nidentity: { uid: 1 }';
  expect(await diff(a, 'limits: { memory: 512MiB, wall: unlimited }\nidentity: { uid: 2 }')).toEqual([
    'identity.uid: 1 → 2 different',
    'limits.memory: 1GiB → 512MiB stricter',
    'limits.wall: 5s → unlimited looser',
    'network.mode: loopback → none stricter',
  ]);
});

test('what one side does not set is compared with what applies there', async () => {
  expect(await diff('', 'ceilings: { wall: 1h }\ncompile: { limits: { cpuTime: 1s } }')).toEqual([
    'ceilings.wall: null → 1h looser',
    'compile.limits.cpuTime: null → 1s stricter',
  ]);
  expect(await diff('languages: { go: { limits: { pids: 100 } } }', '')).toEqual([
    'languages.go.limits.pids: 100 → null stricter',
  ]);
  expect(await diff('', 'languages: { go: { limits: { pids: 64 } } }')).toEqual([
    'languages.go.limits.pids: null → 64 different',
  ]);
});

test('a list that replaces and one that appends differ', async () => {
  const go = (key: string): string => `languages: { go: { seccomp: { ${key}: [a] } } }`;
  expect(await diff(go('allow'), go('+allow'))).toEqual(['languages.go.seccomp.allow: [a] → +[a] different']);
});

test('paranoid is stricter than strict in every row', async () => {
  const rows = diffPolicies(await loadPolicyFile('strict'), await loadPolicyFile('paranoid'));
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter((row) => row.change !== 'stricter')).toEqual([]);
});
