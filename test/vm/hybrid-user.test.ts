/** An ordinary user where systemd uses version 1 controllers, of which it delegates none. */
import { expect, test } from 'vitest';
import { command, expectDegraded, expectRefused, leftGroups, NO_CGROUP } from './answers.ts';

test('refused', async () => {
  expectRefused(await command('--', 'true'));
});

test('a policy may accept it, and the result says so', async () => {
  expectDegraded(await command('--policy', NO_CGROUP, '--', 'true'));
});

test('nothing is left', () => expect(leftGroups()).toEqual([]));
