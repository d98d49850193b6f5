import { describe, expect, test } from 'vitest';
import { findLanguage, LANGUAGES, languageOfFile } from '#languages/registry.ts';

const UNLIMITED = { memoryBytes: null, stackBytes: null, cpuCores: null, outputs: [] };

describe('the table', () => {
  test('no id, alias or extension belongs to two languages', () => {
    const names = LANGUAGES.flatMap(({ id, aliases }) => [id, ...aliases]);
    const extensions = LANGUAGES.flatMap((language) => [...language.extensions]);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(extensions).size).toBe(extensions.length);
  });

  test.each(LANGUAGES.map((language) => [language.id, language] as const))(
    '%s runs what it is given, with the arguments last and unchanged',
    (_, { runArgv, interpreters, compile }) => {
      const args = ['-x', '', 'a b'];
      const argv = runArgv({ ...UNLIMITED, interpreter: '/i', entrypoint: '/workspace/e', args });
      expect(argv[0]).toBe(interpreters.length > 0 ? '/i' : '/workspace/.compiled/main');
      expect(argv.slice(-3)).toEqual(args);
      if (compile) return;
      expect(argv.at(-4)).toBe('/workspace/e');
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
        hint: expect.stringContaining('python, javascript, '),
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
    ['a.rs', 'rust'],
    ['a.JAVA', 'java'],
    ['a.unknown', undefined],
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
    const run = {
      ...UNLIMITED,
      interpreter: '/node',
      entrypoint: '/e',
      args: [],
      memoryBytes: mebibytes * MIB,
    };
    expect(findLanguage('js').runArgv(run)).toEqual(['/node', flag, '/e']);
  });
  test('is its own business when memory is unlimited', () => {
    const run = { ...UNLIMITED, interpreter: '/node', entrypoint: '/e', args: [] };
    expect(findLanguage('js').runArgv(run)).toEqual(['/node', '/e']);
  });
});
