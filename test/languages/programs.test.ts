/**
 * Real programs of each language (examples/programs): what they print is the same in all of them, to the byte. A program
 * is `examples/programs/<language>/<name>.<extension>`, its output `<name>.expected.txt`; all read orders.csv.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { LANGUAGE_PLACES, type LanguagePlace } from './language-places.ts';

const PROGRAMS = fileURLToPath(new URL('../../examples/programs/', import.meta.url));
const NAMES = readdirSync(PROGRAMS).flatMap((file) => /^(\w+)\.expected\.txt$/.exec(file)?.[1] ?? []);

function programsOf({ id }: Language): readonly { readonly name: string; readonly path: string }[] {
  return readdirSync(join(PROGRAMS, id)).map((path) => ({
    name: path.toLowerCase().replace(/\..*$/, ''),
    path,
  }));
}

function suite(place: LanguagePlace, language: Language): void {
  let warder: WarderInstance;
  beforeAll(async () => {
    warder = await openWarder({ engine: place.engine }, place.env);
  });
  afterAll(() => warder.close());

  test.each(programsOf(language).map(({ name, path }) => [name, path] as const))('%s', async (name, path) => {
    const result = await warder.execute(
      {
        language: language.id,
        rootfs: place.rootfs,
        files: [{ path, content: readFileSync(join(PROGRAMS, language.id, path)) }],
        stdin: readFileSync(join(PROGRAMS, 'orders.csv')),
      },
      {},
    );
    expect(result.stderr.data).toBe('');
    expect(result.stdout.data).toBe(readFileSync(join(PROGRAMS, `${name}.expected.txt`), 'utf8'));
    expect(result).toMatchObject({ ok: true, phase: 'run', limitsHit: [] });
  });
}

test.each(LANGUAGES.map((language) => [language.id, language] as const))(
  '%s has every program',
  (_, language) => {
    expect(
      programsOf(language)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...NAMES].sort());
  },
);

for (const place of LANGUAGE_PLACES.filter(
  ({ engine, rootfs }) => engine === 'bubblewrap' || rootfs === 'auto',
)) {
  sandboxed(`programs, ${place.name}`, () => {
    for (const language of LANGUAGES) place.gate(language)(language.id, () => suite(place, language));
  });
}
