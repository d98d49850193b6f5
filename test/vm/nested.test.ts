/**
 * Root in a container: a cgroup namespace with a cgroup2 mount of its own, so that the delegated group looks like the
 * root of the hierarchy, and is none.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { command, expectHeld, expectMemoryLimit, expectRefused, leftGroups, parseAnswer } from './answers.ts';

test('the root of this mount is not that of the machine', () => {
  expect(readFileSync('/sys/fs/cgroup/cgroup.type', 'utf8')).toBe('domain\n');
});

// As the usual entry script of a container that runs containers leaves it.
test('from a group below it, with nobody in it', async () => {
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

test('with a shell beside it in the same group: refused, because nobody said that the shell may be moved', () => {
  // The last command keeps the shell from becoming the one before it.
  const enter = 'echo $$ > /sys/fs/cgroup/cgroup.procs; "$0" "$@"; true';
  const words = ['-c', enter, process.execPath, MAIN, 'cmd', '--json', '--', 'true'];
  const answer = parseAnswer(69, execFileSync('sh', words, { encoding: 'utf8', timeout: 120_000 }), '');
  expectRefused(answer);
  expect(answer.error?.hint).toContain('moveSelf');
});

test('nothing is left', () => expect(leftGroups()).toEqual([]));
