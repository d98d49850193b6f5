import { expect, test } from 'vitest';
import { encodeOwnerRecord, type OwnerRecord, parseOwnerRecord } from '#launch/owner-schema.ts';

const RECORD: OwnerRecord = {
  schema: 1,
  id: 'a1b2',
  pid: 42,
  bootId: '1a2b',
  pidNamespace: 'pid:[4026531836]',
  startedAt: '2026-01-01T00:00:00.000Z',
  leafParents: ['/sys/fs/cgroup/memory/own', '/sys/fs/cgroup/pids'],
  leafPrefix: 'warder-a1b2-',
};

test('a record survives the round trip', () => {
  expect(parseOwnerRecord(encodeOwnerRecord(RECORD))).toEqual(RECORD);
});

test('the root of a v2 mount is a legal parent', () => {
  const record = { ...RECORD, leafParents: ['/sys/fs/cgroup'] };
  expect(parseOwnerRecord(JSON.stringify(record))).toEqual(record);
});

test.each([
  ['/etc'],
  ['/'],
  ['relative'],
  ['/sys/fs/cgroupx'],
  ['/sys/fs/cgroup/../../../etc'],
  ['/sys/fs/cgroup/a/./b'],
  ['/sys/fs/cgroup//a'],
  ['/sys/fs/cgroup/a/'],
  ['/sys/fs/cgroup/a\0b'],
])('the parent %j is refused', (path) => {
  expect(parseOwnerRecord(JSON.stringify({ ...RECORD, leafParents: [path] }))).toBeNull();
  expect(() => encodeOwnerRecord({ ...RECORD, leafParents: [path] })).toThrow();
});

test.each([
  { schema: 2 },
  { leafPrefix: '' },
  { leafPrefix: 'warder-' },
  { leafPrefix: 'warder-other-' },
  { leafPrefix: 'warder-a1b2' },
  { id: '../x', leafPrefix: 'warder-../x-' },
  { id: 'UPPER', leafPrefix: 'warder-UPPER-' },
  { pid: 0 },
  { startedAt: 'yesterday' },
  { leafParents: '/sys/fs/cgroup' },
  { leafParents: Array.from({ length: 17 }, () => '/sys/fs/cgroup/a') },
  { surprise: true },
])('%j is refused', (change) => {
  expect(parseOwnerRecord(JSON.stringify({ ...RECORD, ...change }))).toBeNull();
});

test.each(['', '{', 'null', '[]', JSON.stringify({ schema: 1 })])('%j is not a record', (text) => {
  expect(parseOwnerRecord(text)).toBeNull();
});
