/** What every language has to do alike: the rows of the table, each a mode of the sample programs in test/fixtures/languages. */
import { expect } from 'vitest';
import type { RunRequest, RunResult } from '#index.ts';

export interface Cell {
  readonly id: string;
  /** Beyond the language and its source. */
  readonly request: Pick<RunRequest, 'args' | 'stdin' | 'limits'>;
  readonly check: (result: RunResult, language: string) => void;
}

const exited = (exitCode: number) => ({ kind: 'exited', exitCode });

function prints(stdout: string): Cell['check'] {
  return (result) => {
    expect(result).toMatchObject({ phase: 'run', outcome: exited(0), stdout: { data: stdout }, ok: true });
  };
}

const INPUT = 'one line\nand ünïcödé 🎈\n';

/** What a programmer looks for when the program failed by itself: the reason, and where the language knows it the line. */
const FAILURE: Readonly<Record<string, RegExp>> = {
  python: /line \d+, in <module>[\s\S]*IndexError: list index out of range/,
  javascript: /main\.js:\d+[\s\S]*TypeError: Cannot read properties of undefined/,
  typescript: /main\.mts:\d+[\s\S]*TypeError: Cannot read properties of undefined/,
  bash: /main\.sh: line \d+: never_set: unbound variable/,
  ruby: /main\.rb:\d+:in `fetch': index 7 outside of array bounds/,
  go: /panic: runtime error: index out of range \[7\] with length 3[\s\S]*main\.go:\d+/,
  rust: /thread 'main' panicked at[\s\S]*main\.rs:\d+/,
  java: /ArrayIndexOutOfBoundsException: Index 7 out of bounds[\s\S]*Main\.java:\d+/,
  cpp: /terminate called[\s\S]*out_of_range/,
  c: /main\.c:\d+: main: Assertion .* failed/,
};

/** Runtimes that were told their limit say so themselves; the kernel ends the others. */
const OUT_OF_MEMORY: Readonly<Record<string, RegExp>> = {
  java: /OutOfMemoryError: Java heap space/,
};

function endsAtMemory({ outcome, stderr }: RunResult, language: string): void {
  const own = OUT_OF_MEMORY[language];
  if (own) {
    expect(outcome).toEqual(exited(1));
    expect(stderr.data).toMatch(own);
  } else expect(outcome).toEqual({ kind: 'limit', limit: 'memory' });
}

export const CELLS: readonly Cell[] = [
  { id: 'hello', request: { args: ['hello'] }, check: prints('hello\n') },
  { id: 'stdin', request: { args: ['echo'], stdin: INPUT }, check: prints(INPUT) },
  {
    id: 'argv',
    request: { args: ['args', '', 'a b', "it's", '-x', '--', 'é'] },
    check: prints("<>\n<a b>\n<it's>\n<-x>\n<-->\n<é>\n"),
  },
  {
    id: 'exit',
    request: { args: ['exit'] },
    check: (result) => expect(result).toMatchObject({ phase: 'run', outcome: exited(42), ok: false }),
  },
  {
    id: 'error',
    request: { args: ['error'] },
    check: ({ ok, phase, outcome, stderr }, language) => {
      expect({ ok, phase }).toEqual({ ok: false, phase: 'run' });
      expect(['exited', 'signaled']).toContain(outcome.kind);
      expect(stderr.data).toMatch(FAILURE[language] ?? /^$/);
    },
  },
  { id: 'memory', request: { args: ['memory'], limits: { memory: '256MiB' } }, check: endsAtMemory },
  {
    id: 'wall',
    request: { args: ['wall'], limits: { wall: '700ms' } },
    check: ({ outcome, usage }) => {
      expect(outcome).toEqual({ kind: 'limit', limit: 'wall' });
      expect(usage.wallMs).toBeGreaterThanOrEqual(700);
    },
  },
  { id: '100 kB', request: { args: ['flood'] }, check: prints('0123456789'.repeat(10_000)) },
  { id: 'threads', request: { args: ['threads'] }, check: prints('180\n') },
  { id: 'files', request: { args: ['files'] }, check: prints('2000 ä.txt\n') },
];

/** A source that is wrong on its second line, and what is said about it. */
export const WRONG: Readonly<Record<string, { readonly code: string; readonly says: RegExp }>> = {
  python: { code: 'x = 1\nif x\n', says: /main\.py", line 2[\s\S]*SyntaxError/ },
  javascript: { code: 'let x = 1;\nlet x = 2;\n', says: /main\.js:2[\s\S]*SyntaxError/ },
  typescript: { code: 'let x: number = 1;\nlet x: = 2;\n', says: /SyntaxError/ },
  bash: { code: 'x=1\nif fi\n', says: /main\.sh: line 2: syntax error/ },
  ruby: { code: 'x = 1\ndef def\n', says: /main\.rb:2[\s\S]*syntax error/ },
  go: { code: 'package main\nfunc main() { return 1 }\n', says: /main\.go:2:\d+: too many return values/ },
  rust: { code: 'fn main() {\n  let x: u8 = "a";\n}\n', says: /mismatched types[\s\S]*main\.rs:2/ },
  java: { code: 'public class Main {\n  int x = "a";\n}\n', says: /Main\.java:2: error: incompatible types/ },
  cpp: { code: 'int main() {\n  return nothing;\n}\n', says: /main\.cpp:2:\d+: error: .*nothing/ },
  c: { code: 'int main(void) {\n  return nothing;\n}\n', says: /main\.c:2:\d+: error: .*nothing/ },
};
