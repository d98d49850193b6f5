/** The nsjail engine for real: the same programs give the same results as on bubblewrap, and its own gaps are closed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWarder, isWarderError, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { openWarder, standaloneFile } from '#internal.ts';
import { NSJAIL, withNsjail } from '../helpers/nsjail.ts';
import { eventually, holdingsOf, leafDirectories, sandboxProcesses } from '../helpers/sandbox.ts';

const [MOUNT, UMOUNT] = ['/usr/bin/mount', '/usr/bin/umount'] as const;

const python = (code: string, more: Partial<RunOptions> = {}): RunOptions => ({
  language: 'python',
  code,
  ...more,
});
const bash = (script: string, more: Partial<RunOptions> = {}): RunOptions => ({
  argv: ['bash', '-c', script],
  ...more,
});

const PROGRAMS: Readonly<Record<string, RunOptions>> = {
  hello: python('print("hello")'),
  'exit code 3': bash('exit 3'),
  'exit code 137': bash('exit 137'),
  'exit code 255': bash('exit 255'),
  'stdin, arguments': python('import sys\nprint(sys.argv[1:], sys.stdin.read())', {
    args: ['a b', ''],
    stdin: 'ä',
  }),
  'default action of SIGTERM': bash('kill -TERM $$'),
  'default action of SIGABRT': python('import os\nos.abort()'),
  'kill -9 of itself': bash('kill -9 $$'),
  SIGXFSZ: python(
    'import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nopen("x","wb").write(b"x"*2000)',
    {
      limits: { fileSize: '1000B' },
    },
  ),
  'not found': { argv: ['/nonexistent'] },
  'not executable': { argv: ['/etc/passwd'] },
  'wall limit': { argv: ['sleep', '60'], limits: { wall: '300ms' } },
  'memory limit': python('x = bytearray(200_000_000)\nfor i in range(0, len(x), 4096): x[i] = 1', {
    limits: { memory: '64MiB' },
  }),
  'output limit': python('import sys\nsys.stdout.write("x" * 5_000_000)'),
  'task limit': python(
    'import os, time\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(60)\n    n += 1\nexcept BlockingIOError: print(n)',
    { limits: { pids: 8 } },
  ),
  environment: python('import os\nprint(sorted(os.environ.items()))'),
  'reopened streams': bash('echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin', { stdin: 'in' }),
  descriptors: python('import os\nprint(sorted(os.listdir("/proc/self/fd"))[:3])'),
  privileges: bash('grep -E "^(Cap|NoNewPrivs|Seccomp:|Groups|Uid|Gid|NSpid)" /proc/self/status'),
  'user namespaces': python(
    'import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nprint(libc.unshare(0x10000000), ctypes.get_errno())',
  ),
  'process 1': python(
    'for name in ("environ", "maps", "mem", "fd", "cwd", "exe"):\n  try:\n    import os\n    os.listdir(f"/proc/1/{name}") if name == "fd" else os.readlink(f"/proc/1/{name}") if name in ("cwd", "exe") else open(f"/proc/1/{name}", "rb").read(1)\n    print(name, "open")\n  except OSError as e: print(name, e.errno)',
  ),
  'read-only places': python(
    'for path in ("/x", "/dev/x", "/etc/passwd", "/usr/x", "/proc/self/comm", "/proc/sys/kernel/core_pattern"):\n  try: open(path, "w"); print(path, "open")\n  except OSError as e: print(path, e.errno)',
  ),
  'hidden files of /proc': python(
    'for path in ("/proc/keys", "/proc/cmdline", "/proc/timer_list", "/proc/interrupts"):\n  try: print(path, len(open(path).read()))\n  except OSError as e: print(path, e.errno)',
  ),
  'sizes of the tmpfs': python(
    'import os\nfor path in ("/tmp", "/workspace", "/dev/shm", "/", "/dev"):\n  s = os.statvfs(path)\n  print(path, s.f_frsize * s.f_blocks, s.f_flag & 1)',
  ),
  'host name and ids': python(
    'import os, socket, pwd\nprint(os.uname().nodename, os.getuid(), os.getgid(), pwd.getpwuid(os.getuid()))',
  ),
  'no network': python('import socket\ntry: socket.socket()\nexcept OSError as e: print(e.errno)'),
  loopback: python(
    'import socket\ns = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()\nc = socket.create_connection(s.getsockname()); print(len(c.getsockname()))',
    { policy: new URL('../fixtures/policies/loopback.yaml', import.meta.url).pathname },
  ),
  denied: python('import ctypes\nprint("before", flush=True)\nctypes.CDLL(None).syscall(100, 0)', {
    policy: new URL('../fixtures/policies/no-times.yaml', import.meta.url).pathname,
  }),
};

const policies = ['loopback', 'no-times', 'inodes'].map(
  (name) => new URL(`../fixtures/policies/${name}.yaml`, import.meta.url).pathname,
);

/** Empty for a process that is gone already. */
function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** What has to be the same whoever launched it. */
function verdict({ outcome, ok, stdout, stderr, limitsHit, controls, weakenings }: RunResult) {
  return { outcome, ok, stdout, stderr, limitsHit, controls, weakenings };
}

withNsjail('nsjail', () => {
  let nsjail: Warder;
  let bubblewrap: Warder;
  beforeAll(async () => {
    nsjail = await createWarder({ engine: 'nsjail', policies });
    bubblewrap = await createWarder({ engine: 'bubblewrap', policies });
  });
  afterAll(async () => {
    const held = holdingsOf();
    await Promise.all([nsjail.close(), bubblewrap.close()]);
    expect(sandboxProcesses(held)).toEqual([]);
    expect(await leafDirectories(held)).toEqual([]);
  });

  test.each(Object.entries(PROGRAMS))('as on bubblewrap: %s', async (_, program) => {
    const [one, other] = [await nsjail.run(program), await bubblewrap.run(program)];
    expect(one.engine.name).toBe('nsjail');
    expect(other.engine.name).toBe('bubblewrap');
    expect(verdict(one)).toEqual(verdict(other));
  });

  describe('what bubblewrap does by itself', () => {
    test('further user namespaces are closed, and cannot be opened again', async () => {
      const code = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
print(open("/dev/.max_user_namespaces").read().strip())
try: open("/dev/.max_user_namespaces", "w"); print("open")
except OSError as e: print(e.errno)
`;
      const { stdout } = await nsjail.run(python(code));
      expect(stdout.data).toBe('0\n13\n');
      expect(Number(readFileSync('/proc/sys/user/max_user_namespaces', 'utf8'))).toBeGreaterThan(0);
    });

    test('a mount below a read-only one is read-only, without set-user-ID and devices', async () => {
      const dir = mkdtempSync(join(tmpdir(), 'warder-nsjail-'));
      execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'mode=0777', 'none', dir]);
      try {
        execFileSync('mkdir', ['-m', '777', `${dir}/sub`]);
        execFileSync(MOUNT, ['-t', 'tmpfs', '-o', 'mode=0777', 'none', `${dir}/sub`]);
        const policy = join(dir, 'policy.yaml');
        writeFileSync(
          policy,
          `version: 1\nname: below\nextends: [strict]\nfilesystem: { mounts: [{ type: bind, source: ${dir}, target: /data, readOnly: true }] }\n`,
        );
        const code =
          'for p in ("/data/x", "/data/sub/x"):\n  try: open(p, "w"); print("written")\n  except OSError as e: print(e.errno)\n' +
          'print(*(l.split()[5] for l in open("/proc/self/mountinfo") if l.split()[4] == "/data/sub"))';
        const fresh = await createWarder({ engine: 'nsjail', policy });
        const { stdout, stderr } = await fresh.run(python(code)).finally(() => fresh.close());
        expect(stderr.data).toBe('');
        const [first, second, flags] = stdout.data.trim().split('\n');
        expect([first, second]).toEqual(['30', '30']);
        expect(flags?.split(' ').at(-1)).toMatch(/^ro,nosuid,nodev/);
      } finally {
        execFileSync(UMOUNT, ['-R', dir]);
        rmSync(dir, { recursive: true });
      }
    });
  });

  test('inodes are capped, and auto knows who can', async () => {
    const policy = new URL('../fixtures/policies/inodes.yaml', import.meta.url).pathname;
    const code =
      'n = 0\ntry:\n  while True:\n    open(f"/tmp/{n}", "w"); n += 1\nexcept OSError as e: print(n, e.errno)';
    const auto = await createWarder({ policies });
    try {
      const result = await auto.run(python(code, { policy }));
      expect(result.engine.name).toBe('nsjail');
      expect(result.stdout.data).toBe('99 28\n');
      expect((await auto.run(python('print(1)'))).engine.name).toBe('bubblewrap');
    } finally {
      await auto.close();
    }
    const error = await bubblewrap.run(python(code, { policy })).catch((thrown: unknown) => thrown);
    expect(isWarderError(error) && [error.code, error.message]).toEqual([
      'HOST_CONTROL_UNENFORCEABLE',
      expect.stringContaining('tmp'),
    ]);
  });

  test('a killed launcher and a killed init are told from a killed program', async () => {
    for (const [name, code] of [
      ['nsjail', 'ENGINE_LAUNCHER_DIED'],
      ['warder-init', 'ENGINE_INIT_DIED'],
    ] as const) {
      const settled = nsjail.run({ argv: ['sleep', '60'] }).catch((error: unknown) => error);
      let victim: number | undefined;
      await eventually(() => {
        const pids = sandboxProcesses();
        victim = pids.some((pid) => nameOf(pid) === 'sleep')
          ? pids.find((pid) => nameOf(pid) === name)
          : undefined;
        return victim !== undefined;
      });
      expect(victim, `no ${name}`).toBeDefined();
      process.kill(victim ?? 0, 'SIGKILL');
      const error = await settled;
      expect(isWarderError(error) && error.code).toBe(code);
    }
  });

  test('a path that the launcher cannot reach is named, with a cure', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'warder-nsjail-'));
    const policy = join(dir, 'policy.yaml');
    writeFileSync(
      policy,
      `version: 1\nname: closed\nextends: [strict]\nfilesystem: { mounts: [{ type: bind, source: ${dir}/none, target: /data, readOnly: true }] }\n`,
    );
    const fresh = await createWarder({ engine: 'nsjail', policy });
    const error = await fresh.run(python('')).catch((thrown: unknown) => thrown);
    await fresh.close();
    rmSync(dir, { recursive: true });
    if (!isWarderError(error)) throw error;
    expect(error.code).toBe('HOST_PATH_UNREACHABLE');
    expect(error.message).toContain(`${dir}/none`);
    expect(error.hint).toContain('o+x');
  });

  test('the printed file runs by hand', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'warder-nsjail-'));
    const warder = await openWarder({ engine: 'nsjail' }, process.env);
    try {
      const code =
        'import os, resource\nprint("hällo", os.getuid(), os.getcwd(), resource.getrlimit(resource.RLIMIT_FSIZE))';
      const prepared = await warder.prepare({ language: 'python', code }, {});
      const file = join(dir, 'hello.cfg');
      writeFileSync(file, standaloneFile(prepared, warder.runtime.facts) ?? '');
      const { status, stdout, stderr } = spawnSync(NSJAIL, ['--config', file], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout).toBe('hällo 1000 /workspace (10485760, 10485760)\n');
      expect(status).toBe(0);
    } finally {
      await warder.close();
      rmSync(dir, { recursive: true });
    }
  });
});
