/** Root in a service that systemd delegated a group to. */
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { command, expectHeld, expectMemoryLimit, leftGroups } from './answers.ts';

for (const { engine, gate } of places) {
  gate(`root, ${engine}`, () => {
    test('every limit is held by a cgroup', async () => {
      expectHeld(await command('--engine', engine, '--', 'echo', 'hi'), 'cgroup2');
    });

    test('memory', () => expectMemoryLimit(engine));
  });
}

test('nothing is left', () => {
  expect(process.geteuid?.()).toBe(0);
  expect(leftGroups()).toEqual([]);
});
