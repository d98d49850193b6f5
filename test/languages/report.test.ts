/** `warder languages`: what is said to run has run, once per tree and tool, and is tried again when asked. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder } from '#index.ts';
import { reportLanguages } from '#language-report.ts';
import type { SurveyedLanguage } from '#language-survey.ts';
import { sandboxed } from '../helpers/sandbox.ts';

sandboxed('the report of languages', () => {
  const cache = mkdtempSync(join(tmpdir(), 'warder-report-'));
  const path = join(cache, 'languages.json');
  const report = (refresh: boolean, env: NodeJS.ProcessEnv = {}) =>
    reportLanguages({ env: { ...process.env, WARDER_CACHE: cache, ...env }, refresh });
  const checkOf = (found: readonly SurveyedLanguage[], id: string) =>
    found.find(({ check }) => check.id === id)?.check;
  let first: readonly SurveyedLanguage[];

  beforeAll(async () => {
    first = await report(false);
  });
  afterAll(() => rmSync(cache, { recursive: true }));

  test('has a version for what works, and a reason for what does not', () => {
    expect(checkOf(first, 'bash')).toMatchObject({ works: true, why: null, rootfs: 'host' });
    for (const { check } of first) {
      if (check.works) expect(check.version).toMatch(/^\d+\.\d/);
      else expect(check.why).toMatch(/\S/);
    }
  });

  test('is kept for its owner alone, only of what was tried, and not found out again', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const kept = JSON.parse(readFileSync(path, 'utf8')).checks as { id: string; rootfs: string | null }[];
    expect(kept.map(({ id }) => id)).toContain('bash');
    expect(kept.every(({ rootfs }) => rootfs !== null)).toBe(true);
    const second = await report(false);
    expect(checkOf(second, 'bash')).toEqual(checkOf(first, 'bash'));
  });

  test('is found out again with another state of the tools, when asked to, and when the file is not ours to trust', async () => {
    const before = checkOf(first, 'bash')?.checkedAt ?? '';
    const findings = JSON.parse(readFileSync(path, 'utf8'));
    const changed = findings.checks.map((check: { identity: string }) => ({ ...check, identity: 'another' }));
    writeFileSync(path, JSON.stringify({ ...findings, checks: changed }));
    const again = checkOf(await report(false), 'bash')?.checkedAt ?? '';
    expect(again > before).toBe(true);
    expect((checkOf(await report(true), 'bash')?.checkedAt ?? '') > again).toBe(true);
    writeFileSync(path, '{ not json');
    expect(checkOf(await report(false), 'bash')).toMatchObject({ works: true });
  });

  test('says why nothing runs where no sandbox can', async () => {
    const found = await report(true, { WARDER_BWRAP: '/nonexistent', WARDER_NSJAIL: '/nonexistent' });
    for (const { check } of found)
      expect(check).toMatchObject({ works: false, why: expect.stringMatching(/\S/) });
  });

  test('agrees with a run: what cannot run is refused with the reason, not run', async () => {
    const warder = await createWarder({ compileCache: false });
    try {
      for (const { language, check } of first.filter(
        (entry) => entry.check.rootfs === null || entry.language.probe,
      )) {
        const run = warder.run({ language: language.id, code: language.hello });
        if (check.works) expect((await run).ok).toBe(true);
        else
          await expect(run).rejects.toMatchObject({
            code: expect.stringMatching(/^HOST_LANGUAGE_/),
            message: check.why,
          });
      }
    } finally {
      await warder.close();
    }
  });
});
