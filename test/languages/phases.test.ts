/** The two phases of a compiled language: what passes from one to the other, what does not, and what is kept. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunRequest } from '#index.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { hostLanguages } from './host-languages.ts';

const here = await hostLanguages();

const PRINTS = '#include <stdio.h>\n#warning careful\nint main(void) { puts("ran"); }\n';

sandboxed('two phases', () => {
  here.gate('c')('of C', () => {
    const cache = mkdtempSync(join(tmpdir(), 'warder-phases-'));
    const entries = join(cache, 'compile');
    let warder: WarderInstance;
    const run = (request: Omit<RunRequest, 'language'>) =>
      warder.execute({ language: 'c', rootfs: 'host', ...request }, {});
    beforeAll(async () => {
      warder = await openWarder({}, { ...process.env, WARDER_CACHE: cache });
    });
    afterAll(async () => {
      await warder.close();
      rmSync(cache, { recursive: true });
    });
    beforeEach(async () => {
      await warder.close();
      rmSync(entries, { recursive: true, force: true });
      warder = await openWarder({}, { ...process.env, WARDER_CACHE: cache });
    });

    test('each is accounted for by itself, with its own limits', async () => {
      const result = await run({ code: PRINTS, limits: { memory: '16MiB', pids: 1 } });
      expect(result).toMatchObject({
        ok: true,
        phase: 'run',
        stdout: { data: 'ran\n' },
        stderr: { data: '' },
      });
      const [compiled] = result.phases;
      expect(result.phases).toHaveLength(1);
      expect(compiled).toMatchObject({
        name: 'compile',
        outcome: { kind: 'exited', exitCode: 0 },
        cached: false,
      });
      expect(compiled?.stderr.data).toMatch(/#warning careful/);
      expect(compiled?.usage.wallMs).toBeGreaterThan(result.usage.wallMs ?? 0);
      expect(result.controls.find(({ control }) => control === 'memory')?.value).toBe(16 * 1024 ** 2);
    });

    test('a compiler that fails is the result, under the controls of the compile phase', async () => {
      const result = await run({ code: 'int main(void) { return x; }\n', limits: { memory: '16MiB' } });
      expect(result).toMatchObject({
        ok: false,
        phase: 'compile',
        outcome: { kind: 'exited', exitCode: 1 },
        phases: [],
      });
      expect(result.controls.find(({ control }) => control === 'memory')?.value).toBe(1024 ** 3);
      expect(readdirSync(entries)).toEqual([]);
    });

    test('stdin, environment and arguments are the program’s alone', async () => {
      const code = `#include <stdio.h>
#include <stdlib.h>
#include "/dev/stdin"
int main(int n, char **v) { char s[99] = ""; fgets(s, 99, stdin); printf("%s %s %s", getenv("CPATH"), v[n - 1], s); }
`;
      const result = await run({ code, stdin: 'int broken(', env: { CPATH: '/nowhere' }, args: ['-DX'] });
      expect(result).toMatchObject({ ok: true, stdout: { data: '/nowhere -DX int broken(' } });
    });

    test('the program finds its sources and data beside what was compiled, and nothing else of the compiler’s', async () => {
      const code = `#include <dirent.h>
#include <stdio.h>
static void list(const char *path) { DIR *d = opendir(path); for (struct dirent *e; (e = readdir(d));) if (e->d_name[0] != '.' || e->d_name[1] == 'c') puts(e->d_name); closedir(d); }
int main(void) { list("."); list(".compiled"); list("/tmp"); }
`;
      const files = [
        { path: 'main.c', content: code },
        { path: 'data/a.txt', content: 'a' },
      ];
      const result = await run({ files, entrypoint: 'main.c' });
      expect(result.stdout.data.trim().split('\n').sort()).toEqual(['.compiled', 'data', 'main', 'main.c']);
    });

    test('a program file above the size that a file may have is the compiler’s failure', async () => {
      const result = await run({ code: 'char big[20 << 20] = {1};\nint main(void) { return big[5]; }\n' });
      expect(result).toMatchObject({ ok: false, phase: 'compile' });
      expect(result.outcome).toMatchObject({ kind: 'exited', exitCode: expect.any(Number) });
    });

    test('the second run of a source does not compile, and shows the same warnings', async () => {
      const first = await run({ code: PRINTS });
      const second = await run({ code: PRINTS, args: ['other'], stdin: 'other', env: { A: '1' } });
      expect(first.phases[0]?.cached).toBe(false);
      expect(second.phases[0]).toEqual({ ...first.phases[0], cached: true });
      expect(second.stdout.data).toBe('ran\n');
      const changed = await run({ code: `${PRINTS}\n` });
      expect(changed.phases[0]?.cached).toBe(false);
      const overrides = { compile: { limits: { wall: '29s' } } };
      const held = await warder.execute({ language: 'c', rootfs: 'host', code: PRINTS }, { overrides });
      expect(held.phases[0]?.cached).toBe(false);
    });

    test('an entry that was changed is not run: it is compiled again', async () => {
      await run({ code: PRINTS });
      const [name = ''] = readdirSync(entries);
      const path = join(entries, name);
      const bytes = readFileSync(path);
      const at = bytes.indexOf('ran\0');
      expect(at).toBeGreaterThan(0);
      bytes.write('bad', at);
      writeFileSync(path, bytes);
      const again = await run({ code: PRINTS });
      expect(again).toMatchObject({ ok: true, stdout: { data: 'ran\n' } });
      expect(again.phases[0]?.cached).toBe(false);
      expect((await run({ code: PRINTS })).phases[0]?.cached).toBe(true);
    });

    test('the same source by many at once is right for all of them', async () => {
      const results = await Promise.all(Array.from({ length: 6 }, () => run({ code: PRINTS })));
      expect(results.map(({ stdout }) => stdout.data)).toEqual(Array(6).fill('ran\n'));
      expect(readdirSync(entries)).toHaveLength(1);
    });

    test('without the cache nothing is kept', async () => {
      const other = await openWarder({ compileCache: false }, { ...process.env, WARDER_CACHE: cache });
      try {
        for (let turn = 0; turn < 2; turn += 1) {
          const result = await other.run({ language: 'c', rootfs: 'host', code: PRINTS });
          expect(result.phases[0]?.cached).toBe(false);
        }
        expect(() => readdirSync(entries)).toThrow(/ENOENT/);
      } finally {
        await other.close();
      }
    });

    test('a cancel during the compile phase is the result', async () => {
      const signal = AbortSignal.timeout(300);
      const code = '#include "/dev/zero"\n';
      const result = await warder.run({ language: 'c', rootfs: 'host', code, signal });
      expect(['canceled', 'limit']).toContain(result.outcome.kind);
      expect(result).toMatchObject({ phase: 'compile', ok: false, phases: [] });
    });
  });
});
