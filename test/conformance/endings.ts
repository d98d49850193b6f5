import { constants } from 'node:os';
import { bash, type ConformanceCase, exited, group, limit, notStarted, python, signaled } from './case.ts';

/** Every exit code, the command's own and through a shell. */
const exitCodes = Array.from({ length: 256 }, (_, code) => code).map(
  (code): ConformanceCase => ({
    id: `exit ${code}`,
    group: 'exit codes',
    request: bash(`exit ${code}`),
    expect: { outcome: exited(code), stdout: '', stderr: '' },
  }),
);

/** signal(7): what an unhandled signal does. */
const IGNORED = new Set(['SIGCHLD', 'SIGURG', 'SIGWINCH', 'SIGCONT']);
const STOPPING = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);
const SECOND_NAMES = new Set(['SIGIOT', 'SIGPOLL', 'SIGUNUSED']);

const NAMED = Object.entries(constants.signals).filter(([name]) => !SECOND_NAMES.has(name));
const REAL_TIME = Array.from({ length: 31 }, (_, i) => [`SIGRTMIN+${i}`, 34 + i] as const);

function signalCase([name, number]: readonly [string, number]): ConformanceCase {
  const code = `import os, signal\nif ${number} not in (9, 19): signal.signal(${number}, signal.SIG_DFL)\nos.kill(os.getpid(), ${number})\nprint("still here")`;
  const stopped = STOPPING.has(name);
  const request = python(code, stopped ? { limits: { wall: '300ms' } } : {});
  if (IGNORED.has(name)) {
    return { id: name, group: 'signals', request, expect: { outcome: exited(0), stdout: 'still here\n' } };
  }
  // The process group of the program is orphaned, so terminal stops are discarded by the kernel (setpgid(2)).
  if (stopped && name !== 'SIGSTOP') {
    return { id: name, group: 'signals', request, expect: { outcome: exited(0), stdout: 'still here\n' } };
  }
  const outcome = stopped ? limit('wall') : signaled(name);
  return {
    id: name,
    group: 'signals',
    request,
    expect: { outcome, stdout: '', ...(stopped ? { limitsHit: ['wall'] } : {}) },
  };
}

const endings = group('endings', [
  ['abort()', python('import os\nos.abort()'), { outcome: signaled('SIGABRT') }],
  ['segmentation fault', python('import ctypes\nctypes.string_at(0)'), { outcome: signaled('SIGSEGV') }],
  [
    'a handled SIGTERM',
    bash('trap "echo caught; exit 7" TERM; kill -TERM $$; sleep 1'),
    { outcome: exited(7), stdout: 'caught\n' },
  ],
  [
    'uncaught exception',
    python('import sys\nsys.stderr = sys.stdout\nraise SystemExit(9)'),
    { outcome: exited(9) },
  ],
  ['exit 255 is not the launcher’s', bash('exit 255'), { outcome: exited(255) }],
  ['a raised SIGSYS is a signal', bash('kill -SYS $$'), { outcome: signaled('SIGSYS') }],
  ['a raised SIGXFSZ is a signal', bash('kill -XFSZ $$'), { outcome: signaled('SIGXFSZ') }],
  ['a raised SIGXCPU is a signal', bash('kill -XCPU $$'), { outcome: signaled('SIGXCPU') }],
  [
    'kill -9 -1 spares the caller',
    bash('sleep 50 & kill -9 -1; echo alive'),
    { outcome: exited(0), stdout: 'alive\n' },
  ],
  [
    'a child killed is not the program killed',
    bash('sleep 50 & kill -9 $!; wait $!; echo $?', {}),
    { outcome: exited(0), stdout: '137\n' },
  ],
  [
    'orphaned grandchildren',
    bash('(setsid sleep 50 &) ; echo gone'),
    { outcome: exited(0), stdout: 'gone\n', stderr: '' },
  ],
  [
    'a daemon that writes later',
    bash('(setsid bash -c "sleep 0.5; echo late" &) ; echo now'),
    { outcome: exited(0), stdout: 'now\n' },
  ],
  [
    'a zombie that is never reaped',
    python('import os\nif os.fork() == 0: os._exit(3)\nprint("done")'),
    { outcome: exited(0), stdout: 'done\n' },
  ],
  [
    'main thread ends first',
    python(
      'import threading, time, os\nthreading.Thread(target=lambda: (time.sleep(0.1), os._exit(5))).start()',
    ),
    { outcome: exited(5) },
  ],
  ['not found', { argv: ['no-such-command'] }, { outcome: notStarted('ENOENT'), stdout: '', stderr: '' }],
  ['not found by path', { argv: ['/usr/bin/no-such-command'] }, { outcome: notStarted('ENOENT') }],
  ['a directory', { argv: ['/usr'] }, { outcome: notStarted('EACCES') }],
  ['below a file', { argv: ['/etc/passwd/x'] }, { outcome: notStarted('ENOTDIR') }],
  [
    'not executable',
    { argv: ['/workspace/f'], files: [{ path: 'f', content: 'x' }] },
    { outcome: notStarted('EACCES') },
  ],
  [
    'not a program',
    { argv: ['/workspace/f'], files: [{ path: 'f', content: '\u0001\u0002', mode: '0755' }] },
    { outcome: notStarted('ENOEXEC') },
  ],
  [
    'an empty program',
    { argv: ['/workspace/f'], files: [{ path: 'f', content: '', mode: '0755' }] },
    { outcome: notStarted('ENOEXEC') },
  ],
  [
    'a script whose interpreter is missing',
    { argv: ['/workspace/f'], files: [{ path: 'f', content: '#!/no/such\n', mode: '0755' }] },
    { outcome: notStarted('ENOENT') },
  ],
  [
    'a script with an interpreter',
    {
      argv: ['/workspace/f', 'a'],
      files: [{ path: 'f', content: '#!/bin/sh\necho "$0 $1"\n', mode: '0755' }],
    },
    { outcome: exited(0), stdout: '/workspace/f a\n' },
  ],
  [
    'a working directory that is missing',
    { argv: ['true'], cwd: '/nowhere' },
    { outcome: notStarted('ENOENT') },
  ],
  [
    'a working directory that is a file',
    { argv: ['true'], cwd: '/etc/passwd' },
    { outcome: notStarted('ENOTDIR') },
  ],
]);

const canceled: ConformanceCase = {
  id: 'cancelled from outside',
  group: 'endings',
  request: { argv: ['sleep', '60'] },
  cancelAfterMs: 150,
  expect: { outcome: { kind: 'canceled' }, stdout: '' },
};

export const ENDINGS: readonly ConformanceCase[] = [
  ...exitCodes,
  ...[...NAMED, ...REAL_TIME].map(signalCase),
  ...endings,
  canceled,
];
