/**
 * Root in a container: a cgroup namespace with a cgroup2 mount of its own, so that the delegated group looks like the
 * root of the hierarchy, and is none. The tests themselves are in a group below it (scripts/lib/vm/jobs.mjs).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { type Answer, command, expectHeld, expectRefused, leftGroups, parseAnswer } from './answers.ts';

const ROOT = '/sys/fs/cgroup';
const CONTROL = `${ROOT}/cgroup.subtree_control`;

// A group that has passed controllers on takes no process any more, so what a test before has enabled is undone.
beforeEach(() => {
  const enabled = readFileSync(CONTROL, 'utf8').trim().split(' ');
  for (const name of enabled.filter((word) => word !== '')) writeFileSync(CONTROL, `-${name}`);
});

/** `warder cmd` from a shell that enters the root group first and ends as `tail` says. */
function fromRootGroup(tail: string): Answer {
  const script = `echo $$ > ${ROOT}/cgroup.procs || exit 2; ${tail}`;
  const words = ['-c', script, process.execPath, MAIN, 'cmd', '--json', '--', 'true'];
  return parseAnswer(0, execFileSync('sh', words, { encoding: 'utf8', timeout: 120_000 }), '');
}

test('the root of this mount is not that of the machine', () => {
  expect(readFileSync(`${ROOT}/cgroup.type`, 'utf8')).toBe('domain\n');
});

test('as the only process in it, like the first process of a container', () => {
  expectHeld(fromRootGroup('exec "$0" "$@"'), 'cgroup2');
});

test('from a shell in the same group, which is of the same user and moved aside too', () => {
  expectHeld(fromRootGroup('"$0" "$@"; true'), 'cgroup2');
});

test('from a group below it that others are in: refused, with what would help', async () => {
  const answer = await command('--', 'true');
  expectRefused(answer);
  expect(answer.error?.message).toContain(
    `our own group, ${ROOT}/tests: it holds processes that are not ours`,
  );
  expect(answer.error?.hint).toContain('moveSelf');
});

test('nothing is left', () => expect(leftGroups()).toEqual([]));
