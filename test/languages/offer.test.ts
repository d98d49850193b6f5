/** A language whose first program failed here is not offered, until it runs again. */
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LanguageFindings } from '#language-findings.ts';
import { bash } from '#languages/bash.ts';
import type { Language } from '#languages/types.ts';
import { removeTree } from '#rootfs/harden.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { buildFromHost } from './build-from-host.ts';

const HELLO = { language: 'bash', code: 'echo hi' };

sandboxed('a language that does not run', () => {
  const store = mkdtempSync(join(tmpdir(), 'warder-offer-store-'));
  const cache = mkdtempSync(join(tmpdir(), 'warder-offer-cache-'));
  chmodSync(store, 0o755);
  const env = { ...process.env, WARDER_ROOTFS_STORE: store, WARDER_CACHE: cache };
  const withWarder = async <T>(language: Language, work: (warder: WarderInstance) => Promise<T>) => {
    const warder = await openWarder({ concurrency: 1 }, env, [language]);
    return work(warder).finally(() => warder.close());
  };
  const survey = (language = bash) => withWarder(language, (warder) => warder.languages());
  const known = async () => (await new LanguageFindings(env).read()).get('bash');
  afterAll(async () => {
    await removeTree(store);
    rmSync(cache, { recursive: true });
  });

  describe('on the host’s files', () => {
    const broken: Language = { ...bash, hello: 'echo to stderr >&2; exit 3\n' };

    test('has a reason and what to do next', async () => {
      const [status] = await survey(broken);
      expect(status).toMatchObject({ id: 'bash', name: 'Bash', works: false, rootfs: 'host' });
      expect(status?.why).toMatch(/failed in the run phase: .*"exitCode":3.* to stderr/);
      expect(status?.hint).toMatch(/warder rootfs build bash/);
      expect(status).not.toHaveProperty('identity');
    });

    test('is refused with that reason, also with one place only, and to all that ask at once', async () => {
      await withWarder(broken, async (warder) => {
        const refused = { code: 'HOST_LANGUAGE_BROKEN', message: expect.stringContaining('"exitCode":3') };
        const asked = Array.from({ length: 3 }, () => warder.run(HELLO));
        for (const one of asked) await expect(one).rejects.toMatchObject(refused);
        expect(await warder.run({ argv: ['bash', '-c', 'echo hi'] })).toMatchObject({ ok: true });
      });
    });

    test('is taken again when its first program runs, without anybody’s doing', async () => {
      expect((await known())?.works).toBe(false);
      const result = await withWarder(bash, (warder) => warder.run(HELLO));
      expect(result).toMatchObject({ ok: true, stdout: { data: 'hi\n' } });
      expect((await known())?.works).toBe(true);
    });

    test('is not judged by what was found on other files', async () => {
      await survey(broken);
      const findings = new LanguageFindings(env);
      const found = await known();
      if (found) await findings.put({ ...found, identity: 'other files' });
      expect(await withWarder(broken, (warder) => warder.run(HELLO))).toMatchObject({ ok: true });
    });

    test('a first program that is cancelled says nothing of its language', async () => {
      await survey();
      const before = await known();
      const slow: Language = { ...bash, hello: 'sleep 60\n' };
      const warder = await openWarder({}, env, [slow]);
      const asking = warder.languages({ refresh: true });
      await warder.close();
      const [status] = await asking;
      expect(status?.works).toBe(false);
      expect((await known())?.works ?? before?.works).toBe(true);
    });
  });

  describe('in a built tree', () => {
    let sha256: string;
    beforeAll(async () => {
      ({ sha256 } = await buildFromHost('bash', store));
    });

    test('a tree whose interpreter was replaced is told, refused, and offered again once it is repaired', async () => {
      const program = join(store, 'trees', sha256, 'root/usr/bin/bash');
      chmodSync(program, 0o755);
      copyFileSync(join(store, 'trees', sha256, 'root/usr/bin/false'), program);
      chmodSync(program, 0o555);
      expect(readFileSync(program).length).toBeGreaterThan(0);
      const [status] = await survey();
      expect(status).toMatchObject({ works: false, rootfs: 'bash' });
      expect(status?.hint).toMatch(/warder rootfs verify bash.*warder rootfs build bash/);
      await withWarder(bash, async (warder) => {
        await expect(warder.run(HELLO)).rejects.toMatchObject({
          code: 'HOST_LANGUAGE_BROKEN',
          details: { language: 'bash', rootfs: 'bash' },
        });
        expect(await warder.run({ ...HELLO, rootfs: 'host' })).toMatchObject({ ok: true });
        // The same digest as before: nothing but the files tells that it is whole again.
        expect((await buildFromHost('bash', store)).sha256).toBe(sha256);
        expect(await warder.run(HELLO)).toMatchObject({ ok: true, rootfs: { name: 'bash', sha256 } });
      });
      expect(await survey()).toMatchObject([{ works: true, why: null }]);
    });
  });
});
