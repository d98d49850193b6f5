/** user.max_user_namespaces=0, for an ordinary user with a delegated group. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { command, NO_CGROUP } from './answers.ts';

test('this host has none', () => {
  expect(readFileSync('/proc/sys/user/max_user_namespaces', 'utf8')).toBe('0\n');
});

for (const { engine, gate } of places) {
  gate(engine, () => {
    test.each([
      ['', []],
      [', whatever a policy says of cgroups', ['--policy', NO_CGROUP]],
    ])('refused, with the setting that repairs it%s', async (_, more) => {
      const { code, error } = await command('--engine', engine, ...more, '--', 'true');
      expect([code, error?.code]).toEqual([69, 'HOST_USERNS_DENIED']);
      expect(error?.message).toContain('user.max_user_namespaces is 0');
      expect(error?.hint).toContain('sysctl -w user.max_user_namespaces=');
    });
  });
}
