/** Real programs of each language (examples/programs): what they print is the same in all of them, to the byte. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { examplePrograms, PROGRAM_NAMES } from './example-programs.ts';
import { LANGUAGE_PLACES, type LanguagePlace } from './language-places.ts';

/** Each program is compiled once for the host and once for the tree, whatever the engine. */
const cache = mkdtempSync(join(tmpdir(), 'warder-programs-'));
afterAll(() => rmSync(cache, { recursive: true }));

/** `strict`, with more time for compilers: those of C++ and Rust take up to 9 s of a processor, which others may use too. */
const PATIENT = fileURLToPath(new URL('../fixtures/policies/patient.yaml', import.meta.url));
const PATIENCE_MS = 150_000;

function suite(place: LanguagePlace, language: Language): void {
  let warder: WarderInstance;
  beforeAll(async () => {
    warder = await openWarder(
      { engine: place.engine, policy: PATIENT },
      { ...place.env, WARDER_CACHE: cache },
    );
  });
  afterAll(() => warder.close());

  const programs = examplePrograms(language).map((program) => [program.name, program] as const);
  test.each(programs)(
    '%s',
    async (_, { request, expected }) => {
      const result = await warder.execute({ ...request, rootfs: place.rootfs }, {});
      expect(result.stderr.data).toBe('');
      expect(result.stdout.data).toBe(expected);
      expect(result).toMatchObject({ ok: true, phase: 'run', outcome: { exitCode: 0 }, limitsHit: [] });
      // As `strict`, it lets the host's own files be used, and nothing else.
      expect(result.weakenings.map(({ id }) => id)).toEqual(place.rootfs === 'host' ? ['rootfs'] : []);
      expect(result.policy.name).toBe('patient');
    },
    PATIENCE_MS,
  );
}

test.each(LANGUAGES.map((language) => [language.id, language] as const))(
  '%s has every program, each of a hundred lines and more',
  (_, language) => {
    const programs = examplePrograms(language);
    expect(programs.map(({ name }) => name).sort()).toEqual(PROGRAM_NAMES);
    expect(programs.filter(({ lines }) => lines < 100)).toEqual([]);
  },
);

test.each(
  LANGUAGES.filter(({ compile }) => compile !== null).map((language) => [language.id, language] as const),
)('%s has a program of several sources', (_, language) => {
  const isSource = ({ path }: { readonly path: string }) =>
    language.extensions.some((e) => path.endsWith(`.${e}`));
  const counts = examplePrograms(language).map(({ request }) => request.files?.filter(isSource).length ?? 0);
  expect(Math.max(...counts)).toBeGreaterThan(1);
});

for (const place of LANGUAGE_PLACES) {
  sandboxed(`programs, ${place.name}`, () => {
    for (const language of LANGUAGES) place.gate(language)(language.id, () => suite(place, language));
  });
}
