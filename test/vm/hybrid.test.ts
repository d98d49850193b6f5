/** Root where systemd uses version 1 controllers, and a version 2 mount without any. */
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { expectMemoryLimit, leftGroups } from './answers.ts';

test('this host is hybrid', () => {
  expect(existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')).toBe(true);
  expect(existsSync('/sys/fs/cgroup/unified/cgroup.procs')).toBe(true);
});

for (const { engine, gate } of places) {
  gate(`root, ${engine}`, () => {
    test('every limit is held by a cgroup, and memory to the page', () =>
      expectMemoryLimit(engine, 'cgroup1'));
  });
}

test('nothing is left', () => expect(leftGroups()).toEqual([]));
