import { expect, test } from 'vitest';
import { canonicalJson } from '#policy/digest.ts';
import { load, loadBody } from './policy-files.ts';

const digest = async (body: string): Promise<string> => (await loadBody(body)).sha256;

test('is a SHA-256 of sorted JSON with base units and defaults', async () => {
  const { entries, profiles, sha256 } = await loadBody('limits: { memory: 1GiB, wall: unlimited }');
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  const { version, policy } = JSON.parse(canonicalJson(entries, profiles));
  expect(version).toBe(1);
  expect(Object.keys(policy)).toEqual(Object.keys(policy).toSorted());
  expect(policy).toMatchObject({
    'limits.memory': 1024 ** 3,
    'limits.wall': null,
    'seccomp.allow': [],
    devices: expect.any(Array),
  });
});

test.each([
  ['limits: { memory: 1GiB }', 'limits: { memory: 1024MiB }'],
  ['limits: { stdout: 2MiB }', 'limits: { stdout: { size: 2MiB, onExceed: kill } }'],
  ['', 'limits: { wall: 10s }\nfilesystem: { mounts: [] }\nseccomp: { allow: [] }'],
  ['limits: { wall: 1s, pids: 5 }', 'limits:\n  pids: 5\n  wall: 1.0s # one'],
  ['limits: { cpuset: "0-1" }', 'limits: { cpuset: "1,0" }'],
  ['limits: { cpuset: 0 }', 'limits: { cpuset: "0" }'],
  ['limits: { io: { read: 1MiB } }', 'limits: { io: { read: 1024KiB } }'],
  ['devices: [null]', 'devices: ["null"]'],
])('%j and %j are the same policy', async (a, b) => expect(await digest(a)).toBe(await digest(b)));

test.each([
  'limits: { wall: 11s }',
  'limits: { cpuset: 0 }',
  'limits: { cpuset: unlimited }',
  'limits: { io: { readOps: 1 } }',
  'ceilings: { wall: 11s }',
  'compile: { limits: { wall: 11s } }',
  'languages: { go: { limits: { pids: 5 } } }',
  'languages: { go: { seccomp: { allow: [a] } } }',
  'languages: { go: { seccomp: { +allow: [a] } } }',
  'environment: { A: b }',
  'allowDegraded: [memory]',
])('%s is another policy', async (body) => expect(await digest(body)).not.toBe(await digest('')));

test('a list that replaces and one that appends are not the same', async () => {
  const list = (key: string): string => `languages: { go: { seccomp: { ${key}: [a] } } }`;
  expect(await digest(list('allow'))).not.toBe(await digest(list('+allow')));
});

test('names and descriptions do not count', async () => {
  const named = (head: string) => load(`version: 1\n${head}\nextends: [base]`);
  expect((await named('name: a')).sha256).toBe((await named('name: b\ndescription: text')).sha256);
});
