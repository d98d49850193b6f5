/** Root in a service that systemd delegated a group to. */
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { expectMemoryLimit, leftGroups } from './answers.ts';

for (const { engine, gate } of places) {
  gate(`root, ${engine}`, () => {
    test('every limit is held by a cgroup, and memory to the page', () =>
      expectMemoryLimit(engine, 'cgroup2'));
  });
}

test('nothing is left', () => {
  expect(process.geteuid?.()).toBe(0);
  expect(leftGroups()).toEqual([]);
});
