/**
 * Whoever sends source may get the compiler to leave anything at all. Here the compiler is a shell that runs the source, so
 * that what comes out of the sandbox is as hostile as a program can make it.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunResult } from '#index.ts';
import { bash } from '#languages/bash.ts';
import { COMPILED_PROGRAM } from '#languages/compiled-program.ts';
import type { Language } from '#languages/types.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { type Place, places } from '../helpers/places.ts';
import { leafDirectories, sandboxed, sandboxProcesses } from '../helpers/sandbox.ts';

const MIB = 1024 ** 2;

const evil: Language = {
  ...bash,
  ...COMPILED_PROGRAM,
  id: 'evil',
  aliases: [],
  compile: {
    compilers: ['bash'],
    baseline: bash.baseline,
    argv: ({ compiler, entrypoint }) => [compiler, `./${entrypoint}`],
    outputs: ['.compiled/**/*'],
    executable: true,
  },
};

const GOOD = 'printf "#!/usr/bin/bash\\necho ran\\n" > .compiled/main\n';

function suite({ engine }: Place): void {
  const cache = mkdtempSync(join(tmpdir(), 'warder-outputs-'));
  const entries = () => (existsSync(join(cache, 'compile')) ? readdirSync(join(cache, 'compile')) : []);
  let warder: WarderInstance;
  beforeAll(async () => {
    warder = await openWarder({ engine }, { ...process.env, WARDER_CACHE: cache }, [evil, bash]);
  });
  beforeEach(() => {
    for (const name of entries()) rmSync(join(cache, 'compile', name));
  });
  afterEach(async () => {
    expect(sandboxProcesses()).toEqual([]);
    expect(await leafDirectories()).toEqual([]);
  });
  afterAll(async () => {
    await warder.close();
    rmSync(cache, { recursive: true, force: true });
  });

  const compile = (code: string, overrides: object = {}): Promise<RunResult> =>
    warder.execute({ language: 'evil', rootfs: 'host', code }, { overrides, allowWiden: true });

  test('what is a program runs, with a mode of ours', async () => {
    const result = await compile(
      `${GOOD}echo 'stat -c %a .compiled/main' >> .compiled/main; chmod 04501 .compiled/main`,
    );
    expect(result).toMatchObject({ ok: true, phase: 'run', stdout: { data: 'ran\n755\n' } });
    expect(entries()).toHaveLength(1);
  });

  test.each([
    ['a link to a file of the sandbox', 'ln -s /etc/passwd .compiled/main', 'symlink'],
    ['a link to the real program beside it', `${GOOD}ln -s main .compiled/second`, 'symlink'],
    ['a hard link to the source', 'ln main.sh .compiled/main', 'hardLink'],
    ['a FIFO that nobody writes to', `${GOOD}mkfifo .compiled/fifo`, 'fifo'],
    ['a directory that is a link out', `${GOOD}ln -s /etc .compiled/etc`, 'symlink'],
    [
      'a file that may not be read',
      `${GOOD}echo x > .compiled/closed; chmod 0 .compiled/closed`,
      'unreadable',
    ],
    ['a name that is no text', `${GOOD}echo x > $'.compiled/\\xff\\xfe'`, 'name'],
    ['a file of 65 MiB', `${GOOD}truncate -s 65M .compiled/big`, 'size'],
    [
      'more files than are taken',
      `${GOOD}mkdir .compiled/d; cd .compiled/d; for i in {1..10001}; do :> $i; done`,
      'count',
    ],
    ['nothing', 'true', undefined],
  ])('%s: nothing of it is run or kept, and why is said', async (_, code, why) => {
    const result = await compile(code, ROOMY);
    expect(result).toMatchObject({ ok: false, phase: 'compile', outcome: { kind: 'exited', exitCode: 0 } });
    expect(result.artifactsRefused[0]?.why).toBe(why);
    expect(result.artifacts).toEqual([]);
    expect(entries()).toEqual([]);
  });

  test('a sparse file of 8 EiB cannot be made in the first place', async () => {
    const result = await compile(`${GOOD}truncate -s 8191P .compiled/big`, ROOMY);
    expect(result).toMatchObject({ ok: false, phase: 'compile' });
    expect(result.outcome).not.toEqual({ kind: 'exited', exitCode: 0 });
  });

  test('a device cannot be made in the first place', async () => {
    const result = await compile(`${GOOD}mknod .compiled/device c 1 5; echo "exit $?"`);
    expect(result).toMatchObject({ ok: true, phase: 'run' });
    expect(result.phases[0]?.stderr.data).toMatch(/mknod: .*(not permitted|denied)/);
  });

  test('thousands of files go through whole', async () => {
    const result = await compile(`${GOOD}echo 'ls .compiled/d | wc -l' >> .compiled/main
mkdir .compiled/d; cd .compiled/d; for i in {1..5000}; do echo $i > $i; done`);
    expect(result).toMatchObject({ ok: true, phase: 'run', stdout: { data: 'ran\n5000\n' } });
  });

  test('a process that goes on exchanging the program is dead before a byte of it is read', async () => {
    const code = `${GOOD}cp .compiled/main good; sed s/ran/bad/ good > bad; chmod 755 good bad
( trap '' HUP TERM INT; exec <&- >&- 2>&-
  while :; do for i in good bad; do cp $i next; mv next .compiled/main; :> going; done; done ) & disown
until [ -e going ]; do :; done`;
    for (let round = 0; round < 4; round += 1) {
      const first = await compile(`${code} # ${round}`);
      expect(first).toMatchObject({ ok: true, phase: 'run' });
      expect(['ran\n', 'bad\n']).toContain(first.stdout.data);
      // Whichever it was then, it is that one for good.
      const again = await compile(`${code} # ${round}`);
      expect(again.phases[0]?.cached).toBe(true);
      expect(again.stdout.data).toBe(first.stdout.data);
    }
  });

  test('more than the run’s workspace holds is refused with the reason, not half of it run', async () => {
    const code = `${GOOD}for i in 1 2 3; do head -c 30M /dev/zero > .compiled/$i; done`;
    const result = await compile(code, { ...ROOMY, limits: { workspace: { size: '64MiB' } } }).catch(
      (error: unknown) => error,
    );
    expect(result).toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringMatching(/workspace/) });
  });

  test('neither phase sees the cache', async () => {
    await compile(GOOD);
    const [entry = ''] = entries();
    const look = `ls -d ${cache} ${join(cache, 'compile', entry)} /var/cache/warder; grep -c warder-outputs /proc/self/mountinfo`;
    const result = await compile(`${look}\n${GOOD}echo '${look}' >> .compiled/main`);
    expect(result.phase).toBe('run');
    for (const stderr of [result.stderr, result.phases[0]?.stderr]) {
      expect(stderr?.data.match(/No such file or directory/g)).toHaveLength(3);
    }
    expect(result.stdout.data).toBe('ran\n0\n');
  });

  test('writers of several processes at once leave one entry, whole', async () => {
    const others = await Promise.all(
      Array.from({ length: 3 }, () =>
        openWarder({ engine }, { ...process.env, WARDER_CACHE: cache }, [evil]),
      ),
    );
    try {
      const code = `${GOOD}head -c 8M /dev/urandom > .compiled/data; echo 'sha256sum < .compiled/data' >> .compiled/main`;
      const request = { language: 'evil', rootfs: 'host', code };
      const results = await Promise.all(others.map((other) => other.run(request)));
      expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
      const [name = ''] = entries();
      expect(entries()).toHaveLength(1);
      expect(statSync(join(cache, 'compile', name)).mode & 0o777).toBe(0o600);
      const cached = await compile(code);
      expect(cached.phases[0]?.cached).toBe(true);
      // Each compilation was different; what is kept is one of them.
      expect(results.map(({ stdout }) => stdout.data)).toContain(cached.stdout.data);
      expect(readFileSync(join(cache, 'compile', name)).length).toBeGreaterThan(8 * MIB);
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
  });
}

const ROOMY = { compile: { limits: { fileSize: '200MiB', workspace: { size: '200MiB' }, memory: '1GiB' } } };

sandboxed('what a hostile compiler leaves', () => {
  for (const place of places) place.gate(place.name, () => suite(place));
});
