/** An ordinary user in a system service: a group of root's, no bus and no runtime directory. */
import { expect, test } from 'vitest';
import { command, expectDegraded, expectRefused, NO_CGROUP } from './answers.ts';

test('refused, with the command that repairs it', async () => {
  const answer = await command('--', 'true');
  expectRefused(answer);
  expect(answer.error?.hint).toMatch(/loginctl enable-linger/);
});

test('a policy may accept it, and the result says so', async () => {
  expectDegraded(await command('--policy', NO_CGROUP, '--', 'true'));
});
