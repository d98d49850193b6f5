import { describe, expect, test } from 'vitest';
import { loadBody, report } from './policy-files.ts';

const bind = (source: string, target: string, more = ''): string =>
  `{ type: bind, source: ${source}, target: ${target}${more} }`;
const mounts = (...list: readonly string[]): string => `filesystem: { mounts: [${list.join(', ')}] }`;

describe('refused', () => {
  test.each([
    [
      'limits: { wall: unlimited, cpuTime: unlimited }',
      '4:17 limits.wall: `wall` and `cpuTime` are both unlimited: nothing would end a run',
    ],
    [
      'compile: { limits: { wall: unlimited, cpuTime: unlimited } }',
      '4:28 compile.limits.wall: `wall` and `cpuTime` are both unlimited: nothing would end a run',
    ],
    ['ceilings: { pids: 63 }', "4:19 ceilings.pids: the ceiling 63 is below the policy's own limit 64"],
    [
      'limits: { wall: unlimited }\nceilings: { wall: 1h }',
      "5:19 ceilings.wall: the ceiling 1h is below the policy's own limit unlimited",
    ],
    [
      mounts(bind('/a', '/x'), bind('/b', '/x'), bind('/c', '/x')),
      '4:23 filesystem.mounts: two mounts have the target `/x`',
    ],
    [
      mounts(bind('/a', '/x', ', readOnly: false'), bind('/b', '/x/y')),
      '4:23 filesystem.mounts: `/x/y` lies below `/x`, which is writable',
    ],
    [
      'seccomp: { allow: [ptrace, mount], deny: [mount] }',
      '4:19 seccomp.allow: `mount` is both allowed and denied',
    ],
  ])('%s', async (body, issue) => expect(await report(() => loadBody(body))).toEqual([issue]));

  test('a rule that only a language breaks says so, and one that the policy breaks is said once', async () => {
    const body = 'limits: { wall: unlimited }\nlanguages: { go: { limits: { cpuTime: unlimited } } }';
    expect(await report(() => loadBody(body))).toEqual([
      '4:17 limits.wall: with the overrides for go: `wall` and `cpuTime` are both unlimited: nothing would end a run',
    ]);
    expect(await report(() => loadBody('limits: { wall: unlimited, cpuTime: unlimited }'))).toHaveLength(1);
  });
});

describe('fine', () => {
  test.each([
    'limits: { cpuTime: 1h }',
    'limits: { wall: unlimited }',
    'ceilings: { memory: 512MiB }', // java has more, by name
    'limits: { fileSize: 1GiB, tmp: { size: 1GiB } }',
    'ceilings: { wall: 10s, tmp: { size: 64MiB, inodes: 5 } }',
    mounts(bind('/a', '/x'), bind('/b', '/x/y'), bind('/a', '/z', ', readOnly: false')),
    'seccomp: { allow: [ptrace], deny: [mount] }',
  ])('%s', async (body) => expect((await loadBody(body)).name).toBe('p'));
});
