/** Each shipped profile with real programs, in the sandbox: what works, and what the profile is there to stop. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { gate } from '../helpers/gate.ts';
import { sandboxed } from '../helpers/sandbox.ts';

/** The system's own, at a fixed place: what PATH finds may be a script that starts others. */
const PYTHON = '/usr/bin/python3';
const NODE = '/usr/bin/node';

const SMALL_PYTHON = `import json, re, hashlib, os, tempfile, time
os.makedirs('d'); open('d/f', 'w').write('x'); os.rename('d/f', 'd/g'); print(sorted(os.listdir('d')))
with tempfile.TemporaryFile() as f: f.write(b'y')
time.sleep(0.01); print(hashlib.sha256(b'a').hexdigest()[:4], json.dumps([1]))`;
const THREADS = `import threading
t = threading.Thread(target=print, args=('thread',)); t.start(); t.join()`;
const LARGE_PYTHON = `import asyncio, ssl, subprocess, multiprocessing, sqlite3
def square(x): return x * x
if __name__ == '__main__':
    print(subprocess.check_output(['echo', 'child'], text=True).strip())
    asyncio.run(asyncio.sleep(0.01))
    with multiprocessing.Pool(2) as pool: print(pool.map(square, [1, 2, 3]))
    print(sqlite3.connect(':memory:').execute('select 1').fetchone())`;
const LARGE_NODE = `const { Worker } = require('worker_threads'), crypto = require('crypto'), fs = require('fs');
const worker = new Worker('require("worker_threads").parentPort.postMessage(20)', { eval: true });
worker.on('message', async (n) => {
  fs.writeFileSync('f', 'x');
  let sum = 0;
  for (let i = 0; i < 1e6; i++) sum += i;
  await WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  console.log(n, crypto.scryptSync('a', 'b', 4).length, fs.readFileSync('f', 'utf8'), sum);
});`;
const PIPELINE =
  'for i in 3 1 2; do echo $i; done | sort | tr "\\n" ,; x=$(echo sub); echo $x > f; cat f; mkfifo p; ls p';

/** Debian keeps the settings of the Java machine in /etc, which rootfs `host` does not show. */
const JAVA_SETTINGS = readdirSync('/etc')
  .filter((name) => /^java-\d+-openjdk$/.test(name))
  .map((name) => `{ type: bind, source: /etc/${name}, target: /etc/${name} }`);

sandboxed('profiles with real programs', () => {
  let warder: Warder;
  let directory = '';
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'warder-profiles-'));
    const paranoid =
      'extends: [paranoid]\nallowDegraded: [rootfs]\nlimits: { pids: 16, memory: 512MiB, wall: 30s, cpu: 1, openFiles: 256 }';
    const usual =
      'extends: [strict]\nlimits: { pids: 512, memory: 2GiB, wall: 60s, cpuTime: 60s, cpu: 4, fileSize: 200MiB, openFiles: 1024, workspace: { size: 256MiB }, tmp: { size: 512MiB } }\nceilings: { memory: 2GiB, wall: 60s }';
    for (const profile of ['default', 'strict', 'compiler'])
      writeFileSync(join(directory, `${profile}.yaml`), policy(profile, usual));
    writeFileSync(join(directory, 'paranoid.yaml'), policy('paranoid', paranoid));
    warder = await createWarder();
  });
  afterAll(async () => {
    await warder.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const policy = (profile: string, body: string): string =>
    `version: 1\nname: with-${profile}\n${body}\nseccomp: { profile: ${profile} }\nfilesystem: { rootfs: host, mounts: [${JAVA_SETTINGS.join(', ')}] }\n`;

  async function run(profile: string, options: Omit<RunOptions, 'policy'>): Promise<RunResult> {
    const own = await createWarder({ policy: join(directory, `${profile}.yaml`) });
    try {
      return await own.run({ ...options });
    } finally {
      await own.close();
    }
  }

  async function expectOutput(
    profile: string,
    options: Omit<RunOptions, 'policy'>,
    text: string,
  ): Promise<void> {
    const result = await run(profile, options);
    expect([result.outcome, result.stdout.data, result.stderr.data]).toEqual([
      { kind: 'exited', exitCode: 0 },
      text,
      '',
    ]);
  }

  test.each(['default', 'strict'])(
    '%s: python with processes, threads, event loop, pool and database',
    async (profile) =>
      expectOutput(
        profile,
        { language: 'python', code: `${SMALL_PYTHON}\n${THREADS}\n${LARGE_PYTHON}` },
        "['g']\nca97 [1]\nthread\nchild\n[1, 4, 9]\n(1,)\n",
      ),
  );

  test.each(['default', 'strict', 'paranoid'])('%s: node with worker, wasm and crypto', async (profile) =>
    expectOutput(profile, { language: 'javascript', code: LARGE_NODE }, '20 4 x 499999500000\n'),
  );

  test.each(['default', 'strict', 'compiler'])(
    '%s: bash with pipes, substitution and a FIFO',
    async (profile) => expectOutput(profile, { language: 'bash', code: PIPELINE }, '1,2,3,sub\np\n'),
  );

  test('paranoid: python with files and threads', async () =>
    expectOutput(
      'paranoid',
      { language: 'python', code: `${SMALL_PYTHON}\n${THREADS}` },
      "['g']\nca97 [1]\nthread\n",
    ));

  test('paranoid: bash without processes', async () =>
    expectOutput(
      'paranoid',
      { language: 'bash', code: 'for i in 1 2; do printf %s $((i * 3)); done; echo AB' },
      '36AB\n',
    ));

  test('paranoid: no process, and bash can say so', async () => {
    const result = await run('paranoid', { language: 'bash', code: '/bin/true; echo after' });
    expect(result.outcome.kind).toBe('exited');
    expect(result.stderr.data).toMatch(/fork.*Operation not permitted/);
  });

  test.each([
    ['a step of an exploit', 'libc.syscall(250, 0, 0, 0, 0, 0)', 'keyctl'],
    ['a namespace', 'libc.unshare(0x10000000)', 'unshare'],
    ['a call that nobody named', 'libc.sync()', 'sync'],
  ])('paranoid: %s ends the run', async (_, call, syscall) => {
    const code = `import ctypes\nlibc = ctypes.CDLL(None)\n${call}\nprint("after")`;
    const result = await run('paranoid', { language: 'python', code });
    expect(result.outcome).toEqual({ kind: 'denied', by: 'seccomp', syscall, abi: 'x86_64' });
    expect(result.stdout.data).toBe('');
  });

  test('paranoid: no memory is written and executed, but for languages that compile at run time', async () => {
    const code =
      'import mmap\ntry: mmap.mmap(-1, 4096, prot=7); print("mapped")\nexcept OSError as e: print(e.errno)';
    expect((await run('paranoid', { language: 'python', code })).stdout.data).toBe('13\n');
    expect((await run('strict', { language: 'python', code })).stdout.data).toBe('mapped\n');
    const argv = [NODE, '-e', 'console.log(1)'];
    expect((await run('paranoid', { argv })).ok).toBe(false);
  });

  test('strict: locks, watches, programs in memory and filters of its own are refused, and default has them', async () => {
    const code = `import ctypes, fcntl, os
libc = ctypes.CDLL(None, use_errno=True)
def attempt(f):
    try: return 'ok' if f() != -1 else ctypes.get_errno()
    except OSError as e: return e.errno
file = open('f', 'w')
print(attempt(lambda: fcntl.flock(file, fcntl.LOCK_EX)), attempt(lambda: fcntl.lockf(file, fcntl.LOCK_EX)),
      attempt(lambda: libc.inotify_init1(0)), attempt(lambda: os.memfd_create('x') and None),
      attempt(lambda: libc.syscall(317, 0, 0, 0)), attempt(lambda: os.mkfifo('p')),
      attempt(lambda: os.mknod('s', 0o140600)), attempt(lambda: os.setxattr('f', 'user.a', b'1')), sep=',')`;
    expect((await run('strict', { language: 'python', code })).stdout.data).toBe('37,37,38,38,22,ok,1,95\n');
    expect((await run('default', { language: 'python', code })).stdout.data).toMatch(/^ok,ok,ok,ok,\d+,ok,/);
  });

  test('compiler: no internet socket even where the network mode has one, and no message queue', async () => {
    const code = `import socket, ctypes
socket.socketpair()
libc = ctypes.CDLL(None, use_errno=True)
print(libc.msgget(0, 0o1600), ctypes.get_errno())
try: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
except OSError as e: print(e.errno)`;
    writeFileSync(
      join(directory, 'loopback.yaml'),
      'version: 1\nname: l\nextends: [strict]\nfilesystem: { rootfs: host }\nnetwork: { mode: loopback }\nseccomp: { profile: compiler }\n',
    );
    expect((await run('loopback', { language: 'python', code })).stdout.data).toBe('-1 38\n97\n');
  });

  const C = '#include <stdio.h>\nint main(void) { puts("hi"); return 0; }\n';
  const BUILDS: readonly (readonly [string, string, string, string])[] = [
    ['/usr/bin/gcc', 'a.c', C, 'gcc -O2 a.c -o a && ./a'],
    [
      '/usr/bin/g++',
      'a.cpp',
      '#include <iostream>\nint main() { std::cout << "hi\\n"; }\n',
      'g++ a.cpp -o a && ./a',
    ],
    ['/usr/bin/rustc', 'a.rs', 'fn main() { println!("hi"); }\n', 'rustc a.rs && ./a'],
    [
      '/usr/bin/go',
      'a.go',
      'package main\nimport "fmt"\nfunc main() { fmt.Println("hi") }\n',
      'GOCACHE=/tmp/c GOFLAGS=-p=2 go build a.go && ./a',
    ],
    [
      '/usr/bin/javac',
      'A.java',
      'class A { public static void main(String[] a) { System.out.println("hi"); } }\n',
      'javac -J-XX:-UsePerfData A.java && java -XX:-UsePerfData A',
    ],
  ];
  for (const [tool, path, content, script] of BUILDS) {
    gate(
      `with ${tool}`,
      existsSync(tool),
      `${tool} is not installed`,
    )(`compiling with ${tool}`, () => {
      test.each(['default', 'strict', 'compiler'])('%s builds and runs', async (profile) => {
        const files = [{ path, content }];
        const result = await run(profile, { argv: ['/bin/bash', '-c', script], files });
        expect([result.outcome, result.stdout.data, result.stderr.data]).toEqual([
          { kind: 'exited', exitCode: 0 },
          'hi\n',
          '',
        ]);
      });
    });
  }

  test('the interpreter is where these tests expect it', () => {
    expect([existsSync(PYTHON), existsSync(NODE)]).toEqual([true, true]);
  });
});
