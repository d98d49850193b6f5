/**
 * A login over ssh: its scope belongs to root, so no process can be moved from there into a group of the user's own
 * (cgroup-v2.rst, "Delegation Containment"). The user's systemd can start launchers where they belong.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { command, expectHeld, expectMemoryLimit, leftGroups, ownGroup } from './answers.ts';

const members = (): string[] => readFileSync(`${ownGroup()}/cgroup.procs`, 'utf8').trim().split('\n');

test('this is a session of a login', () => {
  expect(ownGroup()).toMatch(/\/user-1000\.slice\/session-\d+\.scope$/);
  expect(process.env['SSH_CONNECTION']).toBeDefined();
});

for (const { engine, gate } of places) {
  gate(`over ssh, ${engine}`, () => {
    test('every limit is held by a cgroup, and the session stays where it is', async () => {
      const before = [ownGroup(), members()];
      expectHeld(await command('--engine', engine, '--', 'echo', 'hi'), 'cgroup2');
      expect([ownGroup(), members()]).toEqual(before);
    });

    test('memory', () => expectMemoryLimit(engine, 'cgroup2'));
  });
}

test('nothing is left', () => expect(leftGroups()).toEqual([]));
