import { describe, expect, test } from 'vitest';
import { findLanguage } from '#languages/registry.ts';

/** What the compiler is given after its own options. */
function operandsOf(language: string, entrypoint: string, files: readonly string[]): readonly string[] {
  const limits = { memoryBytes: null, stackBytes: null, cpuCores: null };
  const argv = findLanguage(language).compile?.argv({ ...limits, compiler: '/c', entrypoint, files }) ?? [];
  return argv.slice(argv.indexOf('./.compiled/main') + 1);
}

describe('go', () => {
  test.each([
    ['the files of its directory', ['a.go', 'sub/c.go', 'data.txt'], ['./main.go', './a.go']],
    ['no tests', ['a_test.go'], ['./main.go']],
    [
      'no files of other systems',
      ['a_windows.go', 'b_darwin_arm64.go', 'c_linux.go', 'd_windows_util.go', 'windows.go'],
      ['./main.go', './c_linux.go', './d_windows_util.go', './windows.go'],
    ],
    ['no hidden files', ['.a.go', '_b.go'], ['./main.go']],
  ])('without a go.mod takes %s', (_, others, operands) =>
    expect(operandsOf('go', 'main.go', ['main.go', ...others])).toEqual(operands),
  );

  test('takes an entry point of any name', () => {
    for (const name of ['_a.go', 'a_windows.go', '-x.go'])
      expect(operandsOf('go', name, [name])).toEqual([`./${name}`]);
  });

  test.each([
    [['main.go'], []],
    [['main.go', 'go.mod'], ['-mod=mod']],
    [['main.go', 'go.mod', 'vendor/modules.txt'], ['-mod=vendor']],
    [['main.go', 'go.mod', 'go.work', 'vendor/modules.txt'], []],
  ])('with the files %j has the mode %j', (files, mode) => {
    const limits = { memoryBytes: null, stackBytes: null, cpuCores: null };
    const argv = findLanguage('go').compile?.argv({
      ...limits,
      compiler: '/c',
      entrypoint: 'main.go',
      files,
    });
    expect(argv?.filter((word) => word.startsWith('-mod='))).toEqual(mode);
  });

  test('with a go.mod takes the directory', () =>
    expect(operandsOf('go', 'cmd/a/main.go', ['go.mod', 'cmd/a/main.go'])).toEqual(['./cmd/a']));
});

describe('c and c++', () => {
  test('take every source as their own language, whatever its name', () => {
    const files = ['main', 'a.c', 'B.C', 'a.h', 'c.cpp', '-x.c'];
    expect(operandsOf('c', 'main', files)).toEqual([
      ...['-x', 'c', './main', './a.c', './B.C', './-x.c'],
      ...['-x', 'none', '-lm'],
    ]);
    expect(operandsOf('cpp', 'main', files)).toEqual(['-x', 'c++', './main', './c.cpp']);
  });
});
