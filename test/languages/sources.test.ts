/** What people send: several sources in the layouts of their languages, odd names, line ends of other systems, nothing at all. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type RunResult, type Warder } from '#index.ts';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { hostLanguages } from './host-languages.ts';

const here = await hostLanguages();

interface Layout {
  readonly language: string;
  readonly title: string;
  /** The first one is the entry point. */
  readonly files: Readonly<Record<string, string>>;
  readonly prints: string;
}

const JAVA_MAIN = (says: string) =>
  `public class Main { public static void main(String[] a) { System.out.print("${says}"); } }`;
const GO_MAIN = (imports: string, says: string) =>
  `package main\nimport ("fmt"; ${imports})\nfunc main() { fmt.Print(${says}) }\n`;

const LAYOUTS: readonly Layout[] = [
  {
    language: 'java',
    title: 'two public Main, in packages: that of the entry point runs',
    files: {
      'q/Main.java': `package q; ${JAVA_MAIN('q')}`,
      'p/Main.java': `package p; ${JAVA_MAIN('p')}`,
    },
    prints: 'q',
  },
  {
    language: 'go',
    title: 'without a go.mod: files of other systems and tests stay out',
    files: {
      'main.go': GO_MAIN('_ "os"', 'system()'),
      'a_linux.go': 'package main\nfunc system() string { return "linux" }\n',
      'a_windows.go': 'package main\nfunc system() string { return "windows" }\n',
      'a_test.go': 'package main\nfunc system() string { return "test" }\n',
    },
    prints: 'linux',
  },
  {
    language: 'go',
    title: 'a vendored module',
    files: {
      'main.go': GO_MAIN('"example.com/v"', 'v.V()'),
      'go.mod': 'module m\n\ngo 1.19\n\nrequire example.com/v v1.0.0\n',
      'vendor/modules.txt': '# example.com/v v1.0.0\n## explicit\nexample.com/v\n',
      'vendor/example.com/v/v.go': 'package v\nfunc V() string { return "vendored" }\n',
    },
    prints: 'vendored',
  },
  {
    language: 'go',
    title: 'a workspace of two modules',
    files: {
      'a/main.go': GO_MAIN('"example.com/b"', 'b.B()'),
      'a/go.mod': 'module example.com/a\n\ngo 1.19\n',
      'b/b.go': 'package b\nfunc B() string { return "b" }\n',
      'b/go.mod': 'module example.com/b\n\ngo 1.19\n',
      'go.work': 'go 1.19\n\nuse (\n\t./a\n\t./b\n)\n',
    },
    prints: 'b',
  },
  {
    language: 'rust',
    title: 'modules in directories',
    files: {
      'src/main.rs': 'mod a;\nfn main() { print!("{}", a::b::x()); }\n',
      'src/a/mod.rs': 'pub mod b;\n',
      'src/a/b.rs': 'pub fn x() -> u8 { 7 }\n',
    },
    prints: '7',
  },
  {
    language: 'c',
    title: 'sources of one name in two directories, and one with a capital extension',
    files: {
      'main.c': '#include <stdio.h>\nint f(void), g(void);\nint main(void) { printf("%d", f() + g()); }\n',
      'a/x.c': 'int f(void) { return 3; }\n',
      'b/x.C': 'int g(void) { int class = 4; return class; }\n',
    },
    prints: '7',
  },
  {
    language: 'cpp',
    title: 'an entry point without an extension, and sources below',
    files: {
      main: '#include "lib/f.hpp"\n#include <cstdio>\nint main() { std::printf("%d", f()); }\n',
      'lib/f.hpp': 'int f();\n',
      'lib/deep/f.cc': '#include "../f.hpp"\nint f() { return 8; }\n',
    },
    prints: '8',
  },
];

/** Without the last line's end: Bash would take its carriage return for a part of the word before it. */
function helloOfWindows({ hello }: Language): string {
  return hello.trimEnd().replaceAll('\n', '\r\n');
}

const WITHOUT_PROGRAM = { phase: 'compile', ok: false };
const WITHOUT_OUTPUT = { phase: 'run', ok: true, outcome: { kind: 'exited', exitCode: 0 } };

sandboxed('sources', () => {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ compileCache: false });
  });
  afterAll(() => warder.close());

  const run = (language: string, files: Readonly<Record<string, string>>): Promise<RunResult> => {
    const sent = Object.entries(files).map(([path, content]) => ({ path, content }));
    return warder.run({ language, rootfs: 'host', files: sent, entrypoint: sent[0]?.path ?? '' });
  };

  for (const { language, title, files, prints } of LAYOUTS) {
    here.gate(language)(`${language}: ${title}`, () => {
      test('runs', async () => {
        const result = await run(language, files);
        expect(result).toMatchObject({ ok: true, stdout: { data: prints }, stderr: { data: '' } });
      });
    });
  }

  here.gate('go')('go: a package that is no program', () => {
    test('does not compile, and is told why', async () => {
      const code = 'package util\n\nfunc X() {}\n';
      const result = await warder.run({ language: 'go', rootfs: 'host', code });
      expect(result).toMatchObject({ phase: 'compile', ok: false, outcome: { kind: 'exited', exitCode: 1 } });
      expect(result.stderr.data).toContain('main package');
    });
  });

  for (const language of LANGUAGES.filter(({ probe }) => probe === undefined)) {
    const { id, extensions } = language;
    here.gate(id)(id, () => {
      test('lines end as on Windows, the last one not at all, in a file of a name with spaces in a directory', async () => {
        const name = id === 'java' ? 'Main' : 'ünï côde';
        const result = await run(id, { [`a b/${name}.${extensions[0]}`]: helloOfWindows(language) });
        expect(result).toMatchObject({ ok: true, stdout: { data: 'hello\n' } });
      });

      test('an empty source is an empty program, or none', async () => {
        const result = await warder.run({ language: id, rootfs: 'host', code: '' });
        expect(result).toMatchObject(language.compile ? WITHOUT_PROGRAM : WITHOUT_OUTPUT);
        expect(result.stdout.data).toBe('');
      });
    });
  }
});
