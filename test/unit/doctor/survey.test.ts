import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { askKernel, howItEnded, readSurvey } from '#doctor/survey.ts';
import { describeWithNative, NATIVE_PATH } from '../../helpers/native.ts';
import { trial } from './facts.ts';

test('numbers become names: 0 is yes, an errno or a signal is no, of Landlock it is the ABI', () => {
  expect(readSurvey('openat2 38\nuserns 28\npidfd 0\ni386 -11\nlandlock 7\nnonsense\n')).toEqual({
    openat2: 'ENOSYS',
    userns: 'ENOSPC',
    pidfd: '0',
    i386: 'signal 11',
    landlock: '7',
  });
});

test.each([
  [{ spawnError: 'ENOENT' }, 'ENOENT'],
  [{ exitCode: 1, stdout: '', stderr: 'one\ntwo' }, 'one (exit code 1)'],
  [{ exitCode: null, signal: 'SIGSYS', stdout: '' }, 'ended by SIGSYS'],
  [{ timedOut: true, stdout: '' }, 'it hangs'],
])('one line about %o', (change, line) => {
  expect(howItEnded(trial(change))).toBe(line);
});

describeWithNative('the native program', () => {
  test('answers every question that a check asks', async () => {
    const handle = await open(NATIVE_PATH, 'r');
    try {
      const { survey, problem } = await askKernel({ path: NATIVE_PATH, handle }, null);
      expect(problem).toBeNull();
      const names =
        'pidfd openat2 closeRange clone3 seccompNotify userns usernsPrivileges procWritable i386 x32 landlock';
      expect(Object.keys(survey ?? {})).toEqual(names.split(' '));
      expect(
        Object.values(survey ?? {}).every((answer) => /^(?:\d+|E[A-Z0-9]+|signal \d+)$/.test(answer)),
      ).toBe(true);
    } finally {
      await handle.close();
    }
  });

  test('a file that cannot be executed is said to be so', async () => {
    const handle = await open('/etc/passwd', 'r');
    try {
      const asked = await askKernel({ path: '/etc/passwd', handle }, null);
      expect(asked).toEqual({ survey: null, problem: '/etc/passwd cannot be executed: EACCES' });
    } finally {
      await handle.close();
    }
  });
});
