import { bash, type ConformanceCase, exited, group, python } from './case.ts';

/** Prints the errno name of each attempt, or `ok`. */
const attempts = (lines: readonly string[]): string => `import os, errno, ctypes, socket, signal
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
  ctypes.set_errno(0)
  return "ok" if getattr(libc, name)(*args) >= 0 else errno.errorcode[ctypes.get_errno()]
def attempt(f):
  try: f(); return "ok"
  except OSError as e: return errno.errorcode[e.errno]
${lines.map((line) => `print(${line})`).join('\n')}`;

const answers = (...words: string[]): string => words.map((word) => `${word}\n`).join('');

export const ISOLATION: readonly ConformanceCase[] = group('isolation', [
  ['only its own processes', bash('cd /proc; echo [0-9]*'), { outcome: exited(0), stdout: '1 2\n' }],
  ['descriptors', bash('ls /proc/self/fd | wc -l'), { outcome: exited(0), stdout: '4\n' }],
  [
    'ids',
    bash('id -u; id -g; id -G; hostname'),
    { outcome: exited(0), stdout: '1000\n1000\n1000\nwarder\n' },
  ],
  [
    'no capability, no new privilege, filtered',
    bash("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status | tr -d '\\t'"),
    {
      outcome: exited(0),
      stdout: `${['Inh', 'Prm', 'Eff', 'Bnd', 'Amb'].map((set) => `Cap${set}:0000000000000000\n`).join('')}NoNewPrivs:1\nSeccomp:2\n`,
    },
  ],
  [
    'read-only places',
    python(
      attempts(
        ['/x', '/etc/x', '/usr/x', '/dev/x', '/proc/x'].map(
          (path) => `attempt(lambda: os.open("${path}", os.O_CREAT | os.O_WRONLY))`,
        ),
      ),
    ),
    { outcome: exited(0), stdout: answers('EROFS', 'EROFS', 'EROFS', 'EROFS', 'ENOENT') },
  ],
  [
    'writable places',
    python(
      attempts(
        ['/workspace/x', '/tmp/x', '/dev/shm/x'].map(
          (path) => `attempt(lambda: os.open("${path}", os.O_CREAT | os.O_WRONLY))`,
        ),
      ),
    ),
    { outcome: exited(0), stdout: answers('ok', 'ok', 'ok') },
  ],
  [
    'devices',
    bash('cd /dev; echo *; ls -A shm'),
    { outcome: exited(0), stdout: 'fd full null random shm stderr stdin stdout urandom zero\n' },
  ],
  [
    'devices work',
    bash(
      'head -c 4 /dev/urandom | wc -c; head -c 2 /dev/zero | od -An -tx1; echo x > /dev/null; echo x 2>/dev/null > /dev/full || echo full',
    ),
    { outcome: exited(0), stdout: '4\n 00 00\nfull\n' },
  ],
  [
    'no internet sockets',
    python(
      attempts(
        ['AF_INET', 'AF_INET6', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK', 'AF_ALG'].map(
          (family) => `attempt(lambda: socket.socket(socket.${family}, socket.SOCK_DGRAM))`,
        ),
      ),
    ),
    { outcome: exited(0), stdout: answers(...Array(6).fill('EAFNOSUPPORT')) },
  ],
  [
    'unix sockets',
    python(
      attempts([
        'attempt(lambda: socket.socketpair())',
        'attempt(lambda: socket.socket(socket.AF_UNIX).bind("/tmp/s"))',
      ]),
    ),
    { outcome: exited(0), stdout: answers('ok', 'ok') },
  ],
  [
    'no namespaces',
    python(
      attempts(
        [0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80].map(
          (flag) => `call("unshare", ${flag})`,
        ),
      ),
    ),
    { outcome: exited(0), stdout: answers(...Array(8).fill('EPERM')) },
  ],
  [
    'no mounts, chroot or setns',
    python(
      attempts([
        'call("mount", b"none", b"/tmp", b"tmpfs", 0, None)',
        'call("umount2", b"/tmp", 2)',
        'call("chroot", b"/tmp")',
        'call("setns", 0, 0)',
        'call("syscall", 155, b"/tmp", b"/tmp")',
      ]),
    ),
    { outcome: exited(0), stdout: answers(...Array(5).fill('EPERM')) },
  ],
  [
    'process 1 is closed',
    python(
      attempts(
        ['environ', 'mem', 'maps', 'auxv', 'exe', 'cwd', 'root'].map(
          (name) => `attempt(lambda: os.open("/proc/1/${name}", os.O_RDONLY))`,
        ),
      ),
    ),
    { outcome: exited(0), stdout: answers(...Array(7).fill('EACCES')) },
  ],
  [
    'process 1 cannot be written',
    python(
      attempts([
        'attempt(lambda: os.open("/proc/1/mem", os.O_RDWR))',
        'attempt(lambda: os.open("/proc/1/oom_score_adj", os.O_WRONLY))',
      ]),
    ),
    { outcome: exited(0), stdout: answers('EACCES', 'EACCES') },
  ],
  [
    'process 1 cannot be traced or limited',
    python(
      attempts([
        'call("ptrace", 16, 1, 0, 0)',
        'call("prlimit", 1, 0, ctypes.byref((ctypes.c_ulong * 2)(1, 1)), None)',
        'call("setpriority", 0, 1, 19)',
        'call("sched_setaffinity", 1, 8, ctypes.byref(ctypes.c_ulong(1)))',
        'call("process_vm_readv", 1, None, 0, None, 0, 0)',
      ]),
    ),
    { outcome: exited(0), stdout: answers(...Array(5).fill('EPERM')) },
  ],
  [
    'process 1 survives every signal',
    bash('for i in $(seq 1 64); do kill -$i 1 2>/dev/null; done; sleep 0.1; [ -d /proc/1 ] && echo alive'),
    { outcome: exited(0), stdout: 'alive\n' },
  ],
  [
    'process 1 survives a flood of signals',
    python(
      'import os\ndef flood(n, times):\n  for _ in range(times):\n    try: os.kill(1, n)\n    except PermissionError: pass\nflood(17, 20000)\nfor n in range(34, 65): flood(n, 50)\nprint("alive")',
    ),
    { outcome: exited(0), stdout: 'alive\n' },
  ],
  [
    'process 1 survives kill -1',
    bash('kill -9 -1; kill -STOP -1; kill -TERM -1; echo alive'),
    { outcome: exited(0), stdout: 'alive\n' },
  ],
  [
    'the control channel is not there',
    python(
      'import os\nfor fd in range(3, 256):\n  try: os.fstat(fd); print(fd)\n  except OSError: pass\nprint("none")',
    ),
    { outcome: exited(0), stdout: 'none\n' },
  ],
  [
    'its cgroup is its root',
    bash('cut -d: -f3 /proc/self/cgroup | sort -u'),
    { outcome: exited(0), stdout: '/\n' },
  ],
  [
    'masked files',
    bash(
      'for f in keys key-users cmdline timer_list; do cat /proc/$f 2>&1 >/dev/null | sed "s/.*: //"; done',
    ),
    { outcome: exited(0), stdout: 'Permission denied\n'.repeat(4) },
  ],
  [
    'keyrings',
    python(
      attempts(['call("syscall", 248, b"user", b"x", b"y", 1, -4)', 'call("syscall", 250, 0, 0, 0, 0, 0)']),
    ),
    { outcome: exited(0), stdout: answers('EPERM', 'EPERM') },
  ],
  [
    'io_uring and clone3 fall back',
    python(attempts(['call("syscall", 425, 1, 0)', 'call("syscall", 435, 0, 0)'])),
    { outcome: exited(0), stdout: answers('ENOSYS', 'ENOSYS') },
  ],
  [
    'fresh places each time',
    bash('ls -A /workspace /tmp /dev/shm | grep -v : | grep . ; touch /tmp/a /dev/shm/b c'),
    { outcome: exited(0), stdout: '' },
  ],
  [
    'fresh places each time, again',
    bash('ls -A /workspace /tmp /dev/shm | grep -v : | grep . ; echo none'),
    { outcome: exited(0), stdout: 'none\n' },
  ],
]);
