/** Every language on every root file system and engine: the same things work, and fail, alike. The matrix is printed. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { CELLS, WRONG } from './cells.ts';
import { LANGUAGE_PLACES, type LanguagePlace } from './language-places.ts';

const SAMPLES = fileURLToPath(new URL('../fixtures/languages/', import.meta.url));
const SAMPLE_NAMES: Readonly<Record<string, string>> = { java: 'Main.java', typescript: 'main.mts' };
const COLUMNS = [...CELLS.map(({ id }) => id), 'wrong'];

/** `place: language` → column → whether it passed. */
const verdicts = new Map<string, Map<string, boolean>>();
const cache = mkdtempSync(join(tmpdir(), 'warder-languages-'));

function sampleOf({ id, extensions }: Language) {
  const path = SAMPLE_NAMES[id] ?? `main.${extensions[0]}`;
  return { path, content: readFileSync(join(SAMPLES, path)) };
}

function suite(place: LanguagePlace, language: Language): void {
  let warder: WarderInstance;
  const row = new Map<string, boolean>();
  beforeAll(async () => {
    verdicts.set(`${place.name}: ${language.id}`, row);
    warder = await openWarder({ engine: place.engine }, { ...place.env, WARDER_CACHE: cache });
  });
  afterAll(() => warder.close());
  const common = { language: language.id, rootfs: place.rootfs };
  const cell = (id: string, work: () => Promise<void>) =>
    test(id, async () => {
      row.set(id, false);
      await work();
      row.set(id, true);
    });

  for (const { id, request, check } of CELLS) {
    cell(id, async () => {
      const result = await warder.execute({ ...common, ...request, files: [sampleOf(language)] }, {});
      check(result, language.id);
      if (place.rootfs === 'auto') expect(result.rootfs.sha256).not.toBeNull();
      expect(result.phases.map(({ name }) => name)).toEqual(language.compile ? ['compile'] : []);
    });
  }

  cell('wrong', async () => {
    const { code, says } = WRONG[language.id] ?? { code: '', says: /^$/ };
    const result = await warder.execute({ ...common, code }, {});
    expect(result).toMatchObject({ ok: false, phase: language.compile ? 'compile' : 'run', phases: [] });
    expect(result.outcome).toMatchObject({ kind: 'exited' });
    expect(result.stderr.data + result.stdout.data).toMatch(says);
  });
}

for (const place of LANGUAGE_PLACES) {
  sandboxed(place.name, () => {
    for (const language of LANGUAGES) place.gate(language)(language.id, () => suite(place, language));
  });
}

afterAll(() => {
  rmSync(cache, { recursive: true, force: true });
  const width = Math.max(...[...verdicts.keys()].map((key) => key.length), 10);
  const word = (passed: boolean | undefined) => (passed === undefined ? '–' : passed ? 'ok' : 'FAILED');
  const lines = [...verdicts].map(
    ([key, row]) =>
      `${key.padEnd(width)}  ${COLUMNS.map((id) => word(row.get(id)).padEnd(id.length)).join('  ')}`,
  );
  process.stdout.write(`\n${[`${''.padEnd(width)}  ${COLUMNS.join('  ')}`, ...lines].join('\n')}\n`);
});
