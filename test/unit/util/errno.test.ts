import { constants } from 'node:os';
import { expect, test } from 'vitest';
import { errnoName, signalName } from '#util/errno.ts';

test.each([
  [1, 'EPERM'],
  [2, 'ENOENT'],
  [7, 'E2BIG'],
  [11, 'EAGAIN'],
  [12, 'ENOMEM'],
  [13, 'EACCES'],
  [110, 'ETIMEDOUT'],
  [0, 'errno 0'],
  [4242, 'errno 4242'],
  [-1, 'errno -1'],
])('errno %d is %s', (errno, name) => expect(errnoName(errno)).toBe(name));

test.each([
  [1, 'SIGHUP'],
  [6, 'SIGABRT'],
  [9, 'SIGKILL'],
  [15, 'SIGTERM'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [29, 'SIGIO'],
  [31, 'SIGSYS'],
  [33, 'SIG33'],
  [34, 'SIGRTMIN+0'],
  [64, 'SIGRTMIN+30'],
])('signal %d is %s', (number, name) => expect(signalName(number)).toBe(name));

test('every signal of the table has one name, and that name leads back to it', () => {
  for (const number of new Set(Object.values(constants.signals))) {
    const name = signalName(number);
    expect(constants.signals[name as NodeJS.Signals]).toBe(number);
  }
});
