/** An ordinary user whose systemd delegated a group. */
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { places } from '../helpers/places.ts';
import { expectHeld, expectMemoryLimit, leftGroups, parseAnswer } from './answers.ts';

for (const { engine, gate } of places) {
  gate(`a delegated user, ${engine}`, () => {
    test('every limit is held by a cgroup, and memory to the page', () =>
      expectMemoryLimit(engine, 'cgroup2'));
  });
}

const ALONE = ['--user', '--quiet', '--wait', '--pipe', '--collect'];

test.each([
  ['a delegated service', ['-p', 'Delegate=yes']],
  ['a service without delegation', []],
  ['a scope', ['--scope']],
])('as the only process of %s', (_, more) => {
  const args = more.includes('--scope') ? ['--user', '--quiet', ...more] : [...ALONE, ...more];
  const words = [...args, '--', process.execPath, MAIN, 'cmd', '--json', '--', 'true'];
  expectHeld(
    parseAnswer(0, execFileSync('systemd-run', words, { encoding: 'utf8', timeout: 120_000 }), ''),
    'cgroup2',
  );
});

test('nothing is left', () => {
  expect(process.geteuid?.()).not.toBe(0);
  expect(leftGroups()).toEqual([]);
});
