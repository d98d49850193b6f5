import { describe, expect, test } from 'vitest';
import { diagnoseBubblewrap } from '#engines/bubblewrap/diagnose.ts';
import type { Diagnosis } from '#engines/engine.ts';

/** As bubblewrap 0.8 to 0.12 words them. */
describe('known messages', () => {
  test.each<[string, Diagnosis['code']]>([
    ['bwrap: setting up uid map: Permission denied', 'HOST_USERNS_DENIED'],
    [
      'bwrap: No permissions to creating new namespace, likely because the kernel does not allow non-privileged user namespaces.',
      'HOST_USERNS_DENIED',
    ],
    [
      'bwrap: No permissions to create new namespace, likely because the kernel does not allow non-privileged user namespaces. See <https://deb.li/bubblewrap>',
      'HOST_USERNS_DENIED',
    ],
    [
      'bwrap: No permissions to create a new namespace, likely because the kernel does not allow it',
      'HOST_USERNS_DENIED',
    ],
    [
      'bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded (ENOSPC)',
      'HOST_USERNS_DENIED',
    ],
    [
      'bwrap: Creating new namespace failed, likely because the kernel does not support user namespaces.  bwrap must be installed setuid on such systems.',
      'HOST_USERNS_DENIED',
    ],
    ['bwrap: Creating new namespace failed: Operation not permitted', 'HOST_USERNS_DENIED'],
    ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", 'ENGINE_SETUP_FAILED'],
    ["bwrap: Can't find source path /srv/data: Permission denied", 'HOST_PATH_UNREACHABLE'],
    ["bwrap: Can't fork for pid 1: Resource temporarily unavailable", 'HOST_RESOURCE_EXHAUSTED'],
    ['bwrap: Creating new namespace failed: Resource temporarily unavailable', 'HOST_RESOURCE_EXHAUSTED'],
    ['bwrap: Creating new namespace failed: Cannot allocate memory', 'HOST_RESOURCE_EXHAUSTED'],
  ])('%s', (message, code) => {
    const diagnosis = diagnoseBubblewrap(`some warning\n${message}\n`);
    expect(diagnosis?.code).toBe(code);
    expect(message).toContain(diagnosis?.why);
    expect(diagnosis?.hint).not.toBe('');
  });
});

test('a path is named, and who has to be able to reach it', () => {
  const diagnosis = diagnoseBubblewrap("bwrap: Can't find source path /root/x: Permission denied");
  expect(diagnosis?.why).toContain('/root/x: Permission denied');
  expect(diagnosis?.hint).toContain('o+x');
});

test.each(['', 'bwrap: execvp /proc/self/fd/7: No such file or directory', 'Segmentation fault'])(
  'does not guess at %j',
  (message) => expect(diagnoseBubblewrap(message)).toBeUndefined(),
);
