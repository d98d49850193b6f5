import { describe, expect, test } from 'vitest';
import { findLanguage, LANGUAGES, languageOfFile } from '#languages/registry.ts';

describe('the table', () => {
  test('no id, alias or extension belongs to two languages', () => {
    const names = LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases]);
    const extensions = LANGUAGES.flatMap((language) => [...language.extensions]);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  test.each(LANGUAGES.map((language) => [language.id, language] as const))(
    '%s runs what it is given, with the arguments last and unchanged',
    (_, { runArgv }) => {
      const args = ['-x', '', 'a b'];
      const argv = runArgv({ interpreter: '/i', entrypoint: '/workspace/e', args, memoryBytes: null });
      expect(argv[0]).toBe('/i');
      expect(argv.slice(-4)).toEqual(['/workspace/e', ...args]);
      expect(argv.slice(1, -4).every((option) => option.startsWith('-'))).toBe(true);
    },
  );

  test.each(LANGUAGES.map((language) => [language.id, language] as const))(
    '%s needs something',
    (_, language) => {
      expect(language.baseline.memoryBytes).toBeGreaterThan(0);
      expect(language.baseline.pids).toBeGreaterThan(0);
      expect(language.hello).toContain('hello');
    },
  );
});

describe('finding one', () => {
  test.each([
    ['python', 'python'],
    ['py', 'python'],
    ['Python3', 'python'],
    ['JS', 'javascript'],
    ['node', 'javascript'],
    ['sh', 'bash'],
  ])('%s is %s', (name, id) => expect(findLanguage(name).id).toBe(id));

  test('an unknown one is refused with the nearest', () => {
    expect(() => findLanguage('pyton')).toThrow(
      expect.objectContaining({
        code: 'REQUEST_INVALID',
        details: {
          issues: [{ path: 'language', message: 'unknown language `pyton`', suggestion: 'python' }],
        },
        hint: expect.stringContaining('python, javascript, bash'),
      }),
    );
  });

  test('without a guess when nothing is near', () => {
    expect(() => findLanguage('cobol-85')).toThrow(
      expect.objectContaining({
        details: { issues: [{ path: 'language', message: 'unknown language `cobol-85`' }] },
      }),
    );
  });

  test.each([
    ['a.py', 'python'],
    ['/x/y.MJS', 'javascript'],
    ['b.tar.sh', 'bash'],
    ['a.rs', undefined],
    ['py', undefined],
    ['', undefined],
    ['a.py/b', undefined],
  ])('the file %j is %s', (file, id) => expect(languageOfFile(file)?.id).toBe(id));
});

describe('the heap of V8', () => {
  const MIB = 1024 ** 2;
  test.each([
    [512, '--max-old-space-size=464'],
    [64, '--max-old-space-size=16'],
    [1, '--max-old-space-size=16'],
  ])('of %d MiB', (mebibytes, flag) => {
    const run = { interpreter: '/node', entrypoint: '/e', args: [], memoryBytes: mebibytes * MIB };
    expect(findLanguage('js').runArgv(run)).toEqual(['/node', flag, '/e']);
  });
  test('is its own business when memory is unlimited', () => {
    const run = { interpreter: '/node', entrypoint: '/e', args: [], memoryBytes: null };
    expect(findLanguage('js').runArgv(run)).toEqual(['/node', '/e']);
  });
});
