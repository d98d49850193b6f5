import { closeSync, openSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tryProcess } from '#launch/trial.ts';

const SHELL = '/bin/sh';
const quick = { ids: null, timeoutMs: 5000 };

test('takes the output of both streams, the exit code, and no environment along', async () => {
  const trial = await tryProcess(SHELL, ['-c', 'echo out; echo err >&2; echo "$HOME"; exit 3'], quick);
  expect(trial).toEqual({
    exitCode: 3,
    signal: null,
    stdout: 'out\n',
    stderr: 'err',
    timedOut: false,
    spawnError: null,
    leftBehind: false,
  });
});

test('a file that cannot be started is told at once, not after the deadline', async () => {
  const before = performance.now();
  const trial = await tryProcess('/nonexistent/launcher', [], quick);
  expect(trial).toMatchObject({ spawnError: 'ENOENT', exitCode: null, timedOut: false });
  expect(performance.now() - before).toBeLessThan(2000);
});

test('what hangs after an error is ended, and what it said is kept', async () => {
  const trial = await tryProcess(SHELL, ['-c', 'echo broken >&2; exec sleep 30'], {
    ids: null,
    timeoutMs: 200,
  });
  expect(trial).toMatchObject({ timedOut: true, stderr: 'broken', leftBehind: false, signal: null });
});

test('a child that outlives it is noticed and ended', async () => {
  const trial = await tryProcess(SHELL, ['-c', 'sleep 30 & echo $!; wait'], { ids: null, timeoutMs: 200 });
  expect(trial).toMatchObject({ timedOut: true, leftBehind: true });
  expect(stateOf(trial.stdout)).toMatch(/^(?:Z|gone)/);
});

/** A killed orphan stays a zombie until process 1 of this machine has reaped it. */
function stateOf(pid: string): string {
  try {
    return /^State:\t(.*)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return 'gone';
  }
}

test('hands descriptors over, from 3 on', async () => {
  const fd = openSync('/proc/self/status', 'r');
  try {
    const trial = await tryProcess(SHELL, ['-c', 'read line <&3; echo "$line"'], { ...quick, fds: [fd] });
    expect(trial.stdout).toMatch(/^Name:/);
  } finally {
    closeSync(fd);
  }
});
