import { bash, type ConformanceCase, exited, group, limit, python, signaled } from './case.ts';

/** A program that touches `mib` MiB of memory, once. */
const touch = (mib: number): string =>
  `x = bytearray(${mib} << 20)\nfor i in range(0, len(x), 4096): x[i] = 1\nprint("kept")`;

/** Forks until it cannot, prints how many processes there are, itself included. */
const forks = `import os, time
n = 1
try:
  while n < 100:
    if os.fork() == 0: time.sleep(60)
    n += 1
except BlockingIOError: pass
print(n)`;

const fill = (path: string, bytes: number): string =>
  `head -c ${bytes} /dev/zero > ${path} && stat -c %s ${path}`;
const MIB = 1024 ** 2;

export const LIMITS: readonly ConformanceCase[] = [
  ...group('limits', [
    [
      'stdout, limit − 1',
      { argv: ['head', '-c', '999', '/dev/zero'], limits: { stdout: '1000B' } },
      { outcome: exited(0), stdout: '\0'.repeat(999) },
    ],
    [
      'stdout, limit',
      { argv: ['head', '-c', '1000', '/dev/zero'], limits: { stdout: '1000B' } },
      { outcome: exited(0), stdout: '\0'.repeat(1000) },
    ],
    [
      'stdout, limit + 1',
      { argv: ['head', '-c', '1001', '/dev/zero'], limits: { stdout: '1000B' } },
      { outcome: limit('stdout'), stdout: '\0'.repeat(1000), limitsHit: ['stdout'] },
    ],
    [
      'stderr, limit',
      bash('head -c 1000 /dev/zero >&2', { limits: { stderr: '1000B' } }),
      { outcome: exited(0), stderr: '\0'.repeat(1000) },
    ],
    [
      'stderr, limit + 1',
      bash('head -c 1001 /dev/zero >&2', { limits: { stderr: '1000B' } }),
      { outcome: limit('stderr'), stderr: '\0'.repeat(1000), limitsHit: ['stderr'] },
    ],
    [
      'stdout, truncated',
      {
        argv: ['head', '-c', '5000', '/dev/zero'],
        limits: { stdout: { size: '1000B', onExceed: 'truncate' } },
      },
      { outcome: exited(0), stdout: '\0'.repeat(1000), limitsHit: ['stdout'] },
    ],
    [
      'stdout, endless',
      { argv: ['cat', '/dev/zero'], limits: { stdout: '1KiB' } },
      { outcome: limit('stdout'), stdout: '\0'.repeat(1024), limitsHit: ['stdout'] },
    ],
    ['wall, below', { argv: ['sleep', '0.2'], limits: { wall: '1s' } }, { outcome: exited(0) }],
    [
      'wall, above',
      { argv: ['sleep', '1'], limits: { wall: '200ms' } },
      { outcome: limit('wall'), limitsHit: ['wall'] },
    ],
    [
      'wall, SIGTERM ignored',
      bash('trap "" TERM INT HUP; while :; do sleep 1; done', { limits: { wall: '200ms' } }),
      { outcome: limit('wall'), limitsHit: ['wall'] },
    ],
    [
      'wall, output kept',
      bash('echo before; sleep 60', { limits: { wall: '300ms' } }),
      { outcome: limit('wall'), stdout: 'before\n', limitsHit: ['wall'] },
    ],
    [
      'wall, stdio closed',
      bash('exec <&- >&- 2>&-; while :; do :; done', { limits: { wall: '200ms' } }),
      { outcome: limit('wall'), limitsHit: ['wall'] },
    ],
    [
      'CPU time, below',
      python('import time\nwhile time.process_time() < 0.2: pass\nprint("ok")', {
        limits: { cpuTime: '1s' },
      }),
      { outcome: exited(0), stdout: 'ok\n' },
    ],
    [
      'CPU time, above',
      python('while True: pass', { limits: { cpuTime: '300ms' } }),
      { outcome: limit('cpuTime'), limitsHit: ['cpuTime'] },
    ],
    [
      'CPU time, in children',
      bash('for i in 1 2 3; do (while :; do :; done) & done; wait', { limits: { cpuTime: '300ms' } }),
      { outcome: limit('cpuTime'), limitsHit: ['cpuTime'] },
    ],
    [
      'CPU time, many short children',
      bash('while :; do /bin/true; done', { limits: { cpuTime: '300ms' } }),
      { outcome: limit('cpuTime'), limitsHit: ['cpuTime'] },
    ],
    [
      'memory, below',
      python(touch(48), { limits: { memory: '64MiB' } }),
      { outcome: exited(0), stdout: 'kept\n' },
    ],
    [
      'memory, above',
      python(touch(80), { limits: { memory: '64MiB' } }),
      { outcome: limit('memory'), stdout: '', limitsHit: ['memory'] },
    ],
    [
      'memory, in a child',
      python(`import os\nif os.fork() == 0:\n  ${touch(80).replaceAll('\n', '\n  ')}\nos.wait()`, {
        limits: { memory: '64MiB' },
      }),
      { outcome: limit('memory'), limitsHit: ['memory'] },
    ],
    [
      'memory, reserved but not touched',
      python('import mmap\nm = mmap.mmap(-1, 4 << 30)\nprint("ok")', { limits: { memory: '64MiB' } }),
      { outcome: exited(0), stdout: 'ok\n' },
    ],
    [
      'memory, by files',
      bash('for i in 1 2 3 4 5 6 7 8; do head -c 8M /dev/zero > /tmp/$i || exit 3; done', {
        limits: { memory: '48MiB' },
      }),
      { outcome: limit('memory'), limitsHit: ['memory'] },
    ],
    [
      'pids, limit',
      python(forks, { limits: { pids: 10 } }),
      { outcome: exited(0), stdout: '10\n', limitsHit: ['pids'] },
    ],
    [
      'pids, limit − 1',
      python(forks.replace('< 100', '< 10'), { limits: { pids: 10 } }),
      { outcome: exited(0), stdout: '10\n' },
    ],
    [
      'pids, one',
      python(forks, { limits: { pids: 1 } }),
      { outcome: exited(0), stdout: '1\n', limitsHit: ['pids'] },
    ],
    [
      'pids, threads',
      python(
        'import threading, time\nn = 1\ntry:\n  while True:\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); n += 1\nexcept RuntimeError: print(n, flush=True)\nimport os; os._exit(0)',
        { limits: { pids: 10 } },
      ),
      { outcome: exited(0), stdout: '10\n', limitsHit: ['pids'] },
    ],
    [
      'file size, limit',
      bash(fill('f', MIB), { limits: { fileSize: '1MiB' } }),
      { outcome: exited(0), stdout: `${MIB}\n` },
    ],
    [
      'file size, limit + 1',
      bash(`exec head -c ${MIB + 1} /dev/zero > f`, { limits: { fileSize: '1MiB' } }),
      { outcome: signaled('SIGXFSZ') },
    ],
    [
      'file size, SIGXFSZ ignored',
      python(
        `import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nf = os.open("f", os.O_CREAT | os.O_WRONLY)\nos.write(f, b"x" * ${MIB})\ntry: os.write(f, b"x")\nexcept OSError as e: print(e.errno)`,
        { limits: { fileSize: '1MiB' } },
      ),
      { outcome: exited(0), stdout: '27\n' },
    ],
    [
      'open files',
      python(
        'import os\nn = 0\ntry:\n  while True: os.dup(0); n += 1\nexcept OSError as e: print(n, e.errno)',
        { limits: { openFiles: 32 } },
      ),
      { outcome: exited(0), stdout: '29 24\n' },
    ],
    [
      'stack',
      python('import resource\nprint(resource.getrlimit(resource.RLIMIT_STACK))', {
        limits: { stack: '1MiB' },
      }),
      { outcome: exited(0), stdout: `(${MIB}, ${MIB})\n` },
    ],
    [
      'core',
      python(
        'import resource\nprint(resource.getrlimit(resource.RLIMIT_CORE))\ntry: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\nexcept (OSError, ValueError): print("held")',
      ),
      { outcome: exited(0), stdout: '(1, 1)\nheld\n' },
    ],
    [
      'workspace, full to the byte',
      bash(fill('f', MIB), { limits: { workspace: { size: '1MiB' } } }),
      { outcome: exited(0), stdout: `${MIB}\n` },
    ],
    [
      'workspace, one byte more',
      bash(`head -c ${MIB + 1} /dev/zero > f || stat -c %s f`, { limits: { workspace: { size: '1MiB' } } }),
      { outcome: exited(0), stdout: `${MIB}\n` },
    ],
    [
      'tmp, one byte more',
      bash(`head -c ${MIB + 1} /dev/zero > /tmp/f || stat -c %s /tmp/f`, {
        limits: { tmp: { size: '1MiB' } },
      }),
      { outcome: exited(0), stdout: `${MIB}\n` },
    ],
    [
      'shm, one byte more',
      bash(`head -c ${MIB + 1} /dev/zero > /dev/shm/f || stat -c %s /dev/shm/f`, {
        limits: { shm: { size: '1MiB' } },
      }),
      { outcome: exited(0), stdout: `${MIB}\n` },
    ],
    [
      'several limits at once: the first one is the verdict',
      python('import os\nos.fork()\nwhile True: os.write(1, b"x" * 4096)', {
        limits: { stdout: '64KiB', cpuTime: '5s', wall: '10s' },
      }),
      { outcome: limit('stdout'), stdout: 'x'.repeat(65536), limitsHit: ['stdout'] },
    ],
  ]),
];
