/** An ordinary user in a system service with Delegate=yes, as a daemon is shipped: no systemd of his own, every controller. */
import { expect, test } from 'vitest';
import { places } from '../helpers/places.ts';
import { command, expectHeld, expectMemoryLimit, leftGroups, ownGroup } from './answers.ts';

test('this is a service of the system, of an ordinary user', () => {
  expect(ownGroup()).toMatch(/\/system\.slice\/[^/]+\.service\/tests$/);
  expect([process.geteuid?.(), process.env['XDG_RUNTIME_DIR']]).toEqual([1000, undefined]);
});

for (const { engine, gate } of places) {
  gate(`a delegated service, ${engine}`, () => {
    test('every limit is held by a cgroup, those of disks and processors too', async () => {
      const optional = ['--set', 'limits.cpuset=0', '--set', 'limits.io.read=10MiB'];
      const answer = await command('--engine', engine, ...optional, '--', 'echo', 'hi');
      expectHeld(answer, 'cgroup2');
      const held = answer.controls?.filter(({ enforcedBy }) => enforcedBy.includes('cgroup2'));
      expect(held?.map(({ control }) => control)).toEqual(expect.arrayContaining(['cpuset', 'io']));
    });

    test('memory', () => expectMemoryLimit(engine, 'cgroup2'));
  });
}

test('nothing is left', () => expect(leftGroups()).toEqual([]));
