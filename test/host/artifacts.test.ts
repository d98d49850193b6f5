/** Files out of sandboxes whose programs do all that they can to hand out something else, or to hold the export up. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createWarder, type RunOptions, type RunResult, type Warder } from '#index.ts';
import { type Place, places } from '../helpers/places.ts';
import { leafDirectories, sandboxProcesses } from '../helpers/sandbox.ts';

const MIB = 1024 ** 2;
const WIDE = fileURLToPath(new URL('../fixtures/policies/artifacts-wide.yaml', import.meta.url));

/** Version 2 ends the whole group, init included (memory.oom.group), so that nobody is left to export. */
function expectAfterMemoryLimit({ artifacts, artifactsRefused, evidence }: RunResult, text: string): void {
  if (typeof evidence.memoryEvents?.oomGroupKill === 'number') {
    expect([artifacts, artifactsRefused.map(({ why }) => why)]).toEqual([[], ['ended']]);
  } else expect(artifacts.map(({ data }) => data)).toEqual([text]);
}

function suite({ engine }: Place): void {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ engine, policies: ['strict', WIDE] });
  });
  afterAll(() => warder.close());
  afterEach(async () => {
    expect(sandboxProcesses()).toEqual([]);
    expect(await leafDirectories()).toEqual([]);
  });

  const python = (code: string, artifacts: string[], more: Partial<RunOptions> = {}): Promise<RunResult> =>
    warder.run({ language: 'python', code: `import os, socket, sys, time\n${code}`, artifacts, ...more });
  const paths = ({ artifacts }: RunResult) => artifacts.map(({ path }) => path);
  const refused = ({ artifactsRefused }: RunResult) =>
    artifactsRefused.map(({ path, why }) => `${path} ${why}`);

  test('what was asked for, with its bytes, mode and digest, and nothing else', async () => {
    const code = `
os.makedirs('out/deep')
open('out/deep/plot.png', 'wb').write(bytes(range(256)))
open('out/text.txt', 'w').write('é\\n')
os.chmod('out/text.txt', 0o4751)
open('other', 'w').write('no')
open('empty.txt', 'w')`;
    const result = await python(code, ['out/**/*', 'empty.txt', 'nothing-like-it']);
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
    expect(result.artifacts).toEqual([
      { path: 'empty.txt', bytes: 0, sha256: sha256(''), mode: '0644', data: '', encoding: 'utf8' },
      {
        path: 'out/deep/plot.png',
        bytes: 256,
        sha256: sha256(bytes),
        mode: '0644',
        data: bytes.toString('base64'),
        encoding: 'base64',
      },
      { path: 'out/text.txt', bytes: 3, sha256: sha256('é\n'), mode: '0751', data: 'é\n', encoding: 'utf8' },
    ]);
    expect(result.artifactsRefused).toEqual([]);
    expect(result.evidence.launcher).toEqual({ exitCode: 0, signal: null });
  });

  test('links of every kind, FIFOs, sockets: reported, and nothing of theirs is read', async () => {
    const code = `
open('real.x', 'w').write('content')
os.symlink('/etc/shadow', 'shadow.x')
os.symlink('real.x', 'inner.x')
os.symlink('inner.x', 'chain.x')
os.symlink('nowhere', 'dangling.x')
os.symlink('/proc/self/fd/0', 'fd.x')
os.symlink('/', 'root')
os.symlink('.', 'loop')
open('one.x', 'w').write('linked'); os.link('one.x', 'two.x')
os.mkfifo('fifo.x')
s = socket.socket(socket.AF_UNIX); s.bind('socket.x')
os.mkdir('dir.x')`;
    const result = await python(code, ['**/*.x', 'root/**/*', 'root/etc/passwd', 'loop/real.x']);
    expect(paths(result)).toEqual(['real.x']);
    expect(refused(result)).toEqual([
      'chain.x symlink',
      'dangling.x symlink',
      'fd.x symlink',
      'fifo.x fifo',
      'inner.x symlink',
      'one.x hardLink',
      'shadow.x symlink',
      'socket.x socket',
      'two.x hardLink',
    ]);
  });

  test('a farm of links', async () => {
    const code = `
for i in range(3000): os.symlink('/etc/passwd', f'{i}.txt')
open('a.txt', 'w').write('a')`;
    const result = await python(code, ['*.txt']);
    expect(paths(result)).toEqual(['a.txt']);
    expect(result.artifactsRefused).toHaveLength(1000);
    expect(new Set(result.artifactsRefused.map(({ why }) => why))).toEqual(new Set(['symlink']));
  });

  test('a daemon that swaps a file for a link as fast as it can is dead before anything is read', async () => {
    const code = `
open('a.txt', 'w').write('mine')
os.symlink('/etc/passwd', 'b')
if os.fork() == 0:
  os.setsid()
  if os.fork() > 0: os._exit(0)
  import ctypes
  libc = ctypes.CDLL(None)
  exchange = lambda: libc.syscall({'x86_64': 316}.get(os.uname().machine, 276), -100, b'a.txt', -100, b'b', 2)
  if exchange() == 0: open('going', 'w').close()
  while True: exchange()
while not os.path.exists('going'): pass
time.sleep(0.05)`;
    for (let round = 0; round < 8; round++) {
      const result = await python(code, ['a.txt']);
      expect(result.evidence.orphans).toBeGreaterThanOrEqual(1);
      // Whichever of the two was there at last.
      if (paths(result).length > 0) expect(result.artifacts[0]?.data).toBe('mine');
      else expect(refused(result)).toEqual(['a.txt symlink']);
    }
  });

  test('names: line ends, dashes, escapes, bytes that are no text, the longest', async () => {
    const long = 'l'.repeat(251);
    const code = `
for name in [b'new\\nline.n', b'-rf.n', b'\\x1b[2J.n', b'\\xff\\xfe.n', b'sp ace.n', b'..n', '\\u202eexe.n'.encode(), b'${long}.n.n'[:255]]:
  open(name, 'wb').write(b'x')`;
    const result = await python(code, ['*.n', '.*n']);
    const names = ['-rf.n', '..n', 'new\nline.n', 'sp ace.n', '\u001b[2J.n', '\u202eexe.n', `${long}.n.n`];
    expect(new Set(paths(result))).toEqual(new Set(names));
    expect(refused(result)).toEqual(['\\xff\\xfe.n name']);
  });

  test('deeper than a path can be, and deeper than the policy allows', async () => {
    const code = `
for i in range(70):
  os.mkdir('d' * 200); open('at.txt', 'w').write(str(i)); os.chdir('d' * 200)`;
    const result = await python(code, ['**/at.txt']);
    expect(result.artifacts).toHaveLength(17);
    expect(result.artifactsRefused).toEqual([
      { path: Array(17).fill('d'.repeat(200)).join('/'), why: 'tooDeep' },
    ]);
    const deep = await warder.run({
      language: 'python',
      code: `import os\n${code}`,
      artifacts: ['**/at.txt'],
      policy: WIDE,
    });
    // 20 components of 201 bytes fit into 4095.
    expect(deep.artifacts).toHaveLength(21);
    expect(deep.artifactsRefused.map(({ why }) => why)).toEqual(['pathTooLong']);
  });

  test('sparse, too large, too many, too much together: refused one by one', async () => {
    const code = `
open('sparse.bin', 'w').truncate(9_000_000)
open('holes.bin', 'w').truncate(100_000)
open('small.bin', 'w').write('small')`;
    const result = await python(code, ['*.bin']);
    expect(paths(result)).toEqual(['holes.bin', 'small.bin']);
    expect(result.artifacts[0]?.bytes).toBe(100_000);
    expect(refused(result)).toEqual(['sparse.bin size']);
    const many = await python("for i in range(70): open(f'{i:02}.t', 'w')", ['*.t']);
    expect(many.artifacts).toHaveLength(64);
    expect(refused(many)).toEqual([64, 65, 66, 67, 68, 69].map((i) => `${i}.t count`));
    const much = await python(`for i in range(5): open(f'{i}.t', 'wb').write(bytes(${7 * MIB}))`, ['*.t']);
    expect(paths(much)).toEqual(['0.t', '1.t', '2.t', '3.t']);
    expect(refused(much)).toEqual(['4.t total']);
  });

  test('a file of a terabyte that is not there', async () => {
    const code =
      "import resource\nf = os.open('huge.bin', os.O_CREAT | os.O_WRONLY)\nos.ftruncate(f, 10**12)";
    const result = await python(code, ['*'], { policy: WIDE });
    expect(result.ok).toBe(true);
    expect(refused(result)).toEqual(['huge.bin size']);
  });

  test('more entries than are looked at', async () => {
    const code = `
os.mkdir('many'); d = os.open('many', os.O_RDONLY)
for i in range(250_000): os.mknod(str(i), dir_fd=d)`;
    const result = await python(code, ['none'], { policy: WIDE });
    expect(result.outcome).toEqual({ kind: 'exited', exitCode: 0 });
    expect(result.artifactsRefused).toEqual([{ path: '', why: 'entries' }]);
  });

  test('a directory and a workspace that their owner closed', async () => {
    const inner = await python("os.mkdir('closed.d'); open('closed.d/x', 'w'); os.chmod('closed.d', 0)", [
      '**/*',
    ]);
    expect(refused(inner)).toEqual(['closed.d unreadable']);
    const outer = await python("open('x', 'w'); os.chmod('.', 0)", ['*']);
    expect(outer.artifactsRefused).toEqual([{ path: '', why: 'unreadable' }]);
    const file = await python("open('x', 'w').write('y'); os.chmod('x', 0)", ['x']);
    expect(refused(file)).toEqual(['x unreadable']);
  });

  test('after a limit, what is there comes out; after a cancellation nothing does', async () => {
    const code = "open('partial.txt', 'w').write('half')\nwhile True: pass";
    const wall = await python(code, ['*.txt'], { limits: { wall: '400ms' } });
    expect(wall.outcome).toEqual({ kind: 'limit', limit: 'wall' });
    expect(wall.artifacts.map(({ data }) => data)).toEqual(['half']);
    const output = await python("open('a.txt', 'w').write('b')\nwhile True: print('x' * 1000)", ['*.txt']);
    expect(output.outcome).toEqual({ kind: 'limit', limit: 'stdout' });
    expect(paths(output)).toEqual(['a.txt']);
    const stopped = new AbortController();
    setTimeout(() => stopped.abort(), 500);
    const canceled = await python(code, ['*.txt'], { signal: stopped.signal });
    expect(canceled.outcome).toEqual({ kind: 'canceled' });
    expect([canceled.artifacts, canceled.artifactsRefused]).toEqual([[], []]);
  });

  test('a program that was ended for its memory, and one that filled the workspace', async () => {
    const bomb = "open('a.txt', 'w').write('kept')\nx = []\nwhile True: x.append(bytearray(1_000_000))";
    const memory = await python(bomb, ['*.txt'], { limits: { memory: '64MiB' } });
    expect(memory.outcome).toEqual({ kind: 'limit', limit: 'memory' });
    expectAfterMemoryLimit(memory, 'kept');
    const fill = `
open('a.txt', 'w').write('first')
try:
  for i in range(100): open(f'{i}.bin', 'wb').write(bytes(${MIB}))
except OSError as error: print(error.errno)`;
    const full = await python(fill, ['a.txt', '1.bin']);
    expect(full.stdout.data).toBe('28\n');
    expect(paths(full)).toEqual(['1.bin', 'a.txt']);
  });

  test('files that fill the memory of the run, until the kernel ends it', async () => {
    const code = `
open('a.txt', 'w').write('first')
for d in ['/tmp', '/dev/shm', '.']:
  for i in range(60): open(f'{d}/{i}', 'wb').write(bytes(${MIB}))`;
    const result = await python(code, ['a.txt'], { limits: { memory: '48MiB' } });
    expect(result.outcome).toEqual({ kind: 'limit', limit: 'memory' });
    expectAfterMemoryLimit(result, 'first');
  });

  test('a program that could not be started leaves nothing, and nothing hangs', async () => {
    const result = await warder.run({ argv: ['/no/such/command'], artifacts: ['**'] });
    expect(result.outcome).toMatchObject({ kind: 'notStarted' });
    expect([result.artifacts, result.artifactsRefused]).toEqual([[], []]);
  });

  test('what the exporter uses is not counted as the program’s', async () => {
    const write = `open('big.bin', 'wb').write(bytes(${8 * MIB}))`;
    const [without, withFile] = [await python(write, []), await python(write, ['big.bin'])];
    expect(withFile.artifacts[0]?.bytes).toBe(8 * MIB);
    const figures = ({ usage }: RunResult) => usage.pidsPeak;
    expect(figures(withFile)).toEqual(figures(without));
  });
}

for (const place of places) place.gate(`artifacts on ${place.name}`, () => suite(place));
