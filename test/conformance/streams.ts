import { bash, type ConformanceCase, exited, group, notStarted, python } from './case.ts';

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
/** The longest single argument that Linux takes: 32 pages with the NUL (MAX_ARG_STRLEN, execve(2)). */
const LONGEST = 128 * 1024 - 1;

const streams = group('streams', [
  ['no stdin is end of file', { argv: ['cat'] }, { outcome: exited(0), stdout: '' }],
  ['stdin comes back', { argv: ['cat'], stdin: 'a\nb' }, { outcome: exited(0), stdout: 'a\nb' }],
  [
    'every byte both ways',
    { argv: ['cat'], stdin: allBytes },
    { outcome: exited(0), stdout: allBytes.toString('base64') },
  ],
  [
    '1 MB of stdin',
    { argv: ['wc', '-c'], stdin: Buffer.alloc(1_000_000) },
    { outcome: exited(0), stdout: '1000000\n' },
  ],
  [
    '1 MB of stdin, unread',
    { argv: ['true'], stdin: Buffer.alloc(1_000_000) },
    { outcome: exited(0), stdout: '' },
  ],
  [
    '1 MB of stdin, half read',
    { argv: ['head', '-c', '3'], stdin: 'x'.repeat(1_000_000) },
    { outcome: exited(0), stdout: 'xxx' },
  ],
  [
    'stdin closed by the program',
    bash('exec <&-; sleep 0.1; echo on', { stdin: 'x'.repeat(100_000) }),
    { outcome: exited(0), stdout: 'on\n' },
  ],
  ['stdout closed by the program', bash('exec >&-; sleep 0.1; exit 4'), { outcome: exited(4), stdout: '' }],
  [
    'stdout and stderr apart',
    bash('echo out; echo err >&2'),
    { outcome: exited(0), stdout: 'out\n', stderr: 'err\n' },
  ],
  ['/dev/stdin by name', bash('cat /dev/stdin', { stdin: 'named' }), { outcome: exited(0), stdout: 'named' }],
  [
    '/dev/stdout by name',
    bash('echo a > /dev/stdout; echo b > /dev/fd/1; echo c | tee /dev/stdout'),
    { outcome: exited(0), stdout: 'a\nb\nc\nc\n' },
  ],
  ['/dev/stderr by name', bash('echo e > /dev/stderr'), { outcome: exited(0), stdout: '', stderr: 'e\n' }],
  ['no newline at the end', { argv: ['printf', 'x'] }, { outcome: exited(0), stdout: 'x' }],
  [
    '64 KiB of stdout at once',
    { argv: ['head', '-c', '65536', '/dev/zero'] },
    { outcome: exited(0), stdout: '\0'.repeat(65536) },
  ],
  [
    'SIGPIPE is not blocked or ignored',
    bash('yes | head -n 1; echo $PIPESTATUS'),
    { outcome: exited(0), stdout: 'y\n141\n' },
  ],
  [
    'streams are pipes',
    bash('for i in 0 1 2; do [ -p /dev/fd/$i ] && echo pipe; done'),
    { outcome: exited(0), stdout: 'pipe\npipe\npipe\n' },
  ],
  [
    'the pipe is blocking',
    python('import fcntl, os\nprint([fcntl.fcntl(i, fcntl.F_GETFL) & os.O_NONBLOCK for i in range(3)])'),
    { outcome: exited(0), stdout: '[0, 0, 0]\n' },
  ],
  [
    'a late writer that holds stdout',
    bash('sleep 50 & echo first'),
    { outcome: exited(0), stdout: 'first\n' },
  ],
]);

const inputs = group('arguments', [
  [
    'awkward arguments',
    { argv: ['printf', '%s|', '', ' ', '--', '$(id)', "'", '"', '\n', 'ä'] },
    { outcome: exited(0), stdout: '| |--|$(id)|\'|"|\n|ä|' },
  ],
  [
    'option-like arguments',
    { argv: ['echo', '--bind', '/', '/'] },
    { outcome: exited(0), stdout: '--bind / /\n' },
  ],
  [
    'the longest argument',
    { argv: ['bash', '-c', 'printf %s "$1" | wc -c', 'x', 'a'.repeat(LONGEST)] },
    { outcome: exited(0), stdout: `${LONGEST}\n` },
  ],
  [
    'one byte longer',
    { argv: ['bash', '-c', ':', 'x', 'a'.repeat(LONGEST + 1)] },
    { outcome: notStarted('E2BIG') },
  ],
  [
    '10000 arguments',
    { argv: ['bash', '-c', 'echo $#', 'x', ...Array(10_000).fill('arg')] },
    { outcome: exited(0), stdout: '10000\n' },
  ],
  [
    'more than the kernel takes',
    { argv: ['true', ...Array(20).fill('a'.repeat(LONGEST))] },
    { outcome: notStarted('E2BIG') },
  ],
  [
    'a large environment',
    { ...bash('printf %s "$BIG" | wc -c'), env: { BIG: 'b'.repeat(100_000) } },
    { outcome: exited(0), stdout: '100000\n' },
  ],
  [
    'the environment and nothing else',
    { argv: ['env', '-0'], env: { LINES: 'a\nb' } },
    {
      outcome: exited(0),
      stdout:
        'PATH=/usr/local/bin:/usr/bin\0HOME=/workspace\0TMPDIR=/tmp\0LANG=C.UTF-8\0USER=warder\0TERM=dumb\0LINES=a\nb\0',
    },
  ],
  ['the working directory', { argv: ['pwd'] }, { outcome: exited(0), stdout: '/workspace\n' }],
  ['another working directory', { argv: ['pwd'], cwd: '/tmp' }, { outcome: exited(0), stdout: '/tmp\n' }],
  [
    'a deep working directory',
    {
      argv: ['pwd'],
      cwd: Array(100).fill('d').join('/'),
      files: [{ path: `${Array(100).fill('d').join('/')}/f`, content: '' }],
    },
    { outcome: exited(0), stdout: `/workspace/${Array(100).fill('d').join('/')}\n` },
  ],
  [
    'files with their modes',
    {
      argv: ['stat', '-c', '%a %s', 'a', 'b/c'],
      files: [
        { path: 'a', content: 'xy', mode: '0600' },
        { path: 'b/c', content: '', mode: '0755' },
      ],
    },
    { outcome: exited(0), stdout: '600 2\n755 0\n' },
  ],
  [
    'awkward file names',
    {
      argv: ['ls', '-1', '-b'],
      files: [
        { path: ' sp', content: '' },
        { path: '-rf', content: '' },
        { path: 'n\nl', content: '' },
        { path: 'ü', content: '' },
      ],
    },
    { outcome: exited(0), stdout: '\\ sp\n-rf\nn\\nl\nü\n' },
  ],
  ['umask', bash('umask; touch f; stat -c %a f'), { outcome: exited(0), stdout: '0022\n644\n' }],
  [
    'nice and scheduling',
    python('import os\nprint(os.nice(0), os.sched_getscheduler(0))'),
    { outcome: exited(0), stdout: '0 0\n' },
  ],
]);

export const STREAMS: readonly ConformanceCase[] = [...streams, ...inputs];
