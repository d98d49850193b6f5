/**
 * Root in a container: a cgroup namespace with a cgroup2 mount of its own, so that the delegated group looks like the
 * root of the hierarchy, and is none.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { command, expectHeld, expectMemoryLimit, leftGroups, parseAnswer } from './answers.ts';

test('the root of this mount is not that of the machine', () => {
  expect(readFileSync('/sys/fs/cgroup/cgroup.type', 'utf8')).toBe('domain\n');
});

test('from a group below it', async () => {
  expectHeld(await command('--', 'echo', 'hi'), 'cgroup2');
  await expectMemoryLimit('bubblewrap');
});

test('as the only process in it, like the first process of a container', () => {
  const enter = 'echo $$ > /sys/fs/cgroup/cgroup.procs && exec "$0" "$@"';
  const words = ['-c', enter, process.execPath, MAIN, 'cmd', '--json', '--', 'true'];
  expectHeld(
    parseAnswer(0, execFileSync('sh', words, { encoding: 'utf8', timeout: 120_000 }), ''),
    'cgroup2',
  );
});

test('nothing is left', () => expect(leftGroups()).toEqual([]));
