import { describe, expect, test } from 'vitest';
import type { Leaf } from '#policy/flatten.ts';
import { type JsonSchema, policyOverridesJsonSchema } from '#policy/json-schema.ts';
import { compareLeaf, FIELD_ORDERS, fieldOrder } from '#policy/strictness.ts';

const ro = { type: 'bind', source: '/a', target: '/b', readOnly: true };
const rw = { ...ro, readOnly: false };

const CASES: readonly (readonly [string, Leaf | undefined, Leaf | undefined, string])[] = [
  ['limits.wall', '1s', '1000ms', 'same'],
  ['limits.wall', '1s', '2s', 'looser'],
  ['limits.wall', 'unlimited', '2s', 'stricter'],
  ['languages.go.compile.limits.memory', '1MiB', 'unlimited', 'looser'],
  ['limits.tmp.inodes', undefined, 5, 'stricter'],
  ['limits.io.read', undefined, '1MiB', 'stricter'],
  ['limits.io.writeOps', 10, 'unlimited', 'looser'],
  ['limits.cpuset', '0-3', '1,2', 'stricter'],
  ['limits.cpuset', '0-1', '0,1', 'same'],
  ['limits.cpuset', '0-1', '0-2', 'looser'],
  ['limits.cpuset', '0-1', '1-2', 'different'],
  ['compile.limits.cpuset', undefined, 3, 'stricter'],
  ['languages.go.limits.cpuset', 3, 'unlimited', 'looser'],
  ['limits.cpuset', undefined, 'unlimited', 'same'],
  ['limits.swap', 0, '1B', 'looser'],
  ['ceilings.cpu', 0.5, 0.25, 'stricter'],
  ['limits.stdout.onExceed', 'kill', 'truncate', 'different'],
  ['limits.stdout.onExceed', 'kill', 'kill', 'same'],
  ['network.mode', 'none', 'loopback', 'looser'],
  ['network.mode', 'loopback', 'none', 'stricter'],
  ['seccomp.profile', 'default', 'paranoid', 'stricter'],
  ['seccomp.profile', 'default', 'mine', 'different'],
  ['seccomp.profile', 'mine', 'default', 'different'],
  ['seccomp.profile', 'mine', 'mine', 'same'],
  ['devices', ['zero'], ['zero', 'full'], 'looser'],
  ['devices', ['zero', 'full'], ['zero'], 'stricter'],
  ['devices', ['zero', 'full'], ['full', 'zero'], 'same'],
  ['devices', ['zero'], ['full'], 'different'],
  ['seccomp.allow', undefined, ['a'], 'looser'],
  ['seccomp.deny', ['a'], [], 'looser'],
  ['seccomp.deny', [], ['a'], 'stricter'],
  ['filesystem.mounts', [rw], [ro], 'stricter'],
  ['filesystem.mounts', [ro], [rw], 'looser'],
  ['filesystem.mounts', undefined, [ro], 'looser'],
  ['filesystem.rootfs', 'auto', 'host', 'looser'],
  ['filesystem.rootfs', 'host', 'auto', 'stricter'],
  ['filesystem.rootfs', 'auto', 'python', 'stricter'],
  ['filesystem.rootfs', 'python', 'auto', 'different'],
  ['filesystem.rootfs', 'auto', 'auto', 'same'],
  ['nobody.knows', 'a', 'b', 'different'],
];

test.each(CASES)('%s from %j to %j is %s', (path, before, after, change) =>
  expect(compareLeaf(path, before, after)).toBe(change),
);

describe('the table', () => {
  test('has a row for everything that a request can override', () => {
    const leaves = leavesOf(policyOverridesJsonSchema(), '').filter((path) => !path.includes('+'));
    const unknown = leaves.filter((path) => !FIELD_ORDERS.includes(fieldOrder(path)));
    expect(leaves).toContain('limits.workspace.inodes');
    expect(unknown).toEqual([]);
  });
  test('gives a reason in each row', () => {
    for (const { path, reason } of FIELD_ORDERS) expect(reason.length, path).toBeGreaterThan(20);
  });
});

function leavesOf(schema: JsonSchema, path: string): readonly string[] {
  const shapes = [schema, ...(schema.anyOf ?? [])];
  const properties = shapes.flatMap((shape) => Object.entries(shape.properties ?? {}));
  if (typeof schema.additionalProperties === 'object') return [`${path}.NAME`];
  if (properties.length === 0) return [path];
  return properties.flatMap(([key, child]) => leavesOf(child, path === '' ? key : `${path}.${key}`));
}
