/**
 * Whoever sends source attacks the compiler: it has to end by the limits of the compile phase, with the verdict that says
 * which, and to see nothing but what it was given.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWarder, type RunResult, type Warder } from '#index.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { hostLanguages } from './host-languages.ts';

const here = await hostLanguages();

/** Small enough to be reached at once; rows override what they are about. */
const LIMITS = { wall: '10s', cpuTime: '10s', memory: '256MiB', pids: 64, stderr: '64KiB' };

interface Attack {
  readonly language: string;
  readonly title: string;
  readonly code: string;
  readonly limits?: Readonly<Record<string, unknown>>;
  readonly outcome: RunResult['outcome'] | { readonly kind: 'exited'; readonly exitCode: unknown };
  readonly says?: RegExp;
  readonly saysNot?: RegExp;
}

const failed = { kind: 'exited', exitCode: expect.any(Number) } as const;
const limit = (name: 'wall' | 'cpuTime' | 'memory' | 'stdout' | 'stderr') =>
  ({ kind: 'limit', limit: name }) as const;

const ATTACKS: readonly Attack[] = [
  {
    language: 'c',
    title: 'a file that includes itself',
    code: '#include __FILE__\n',
    outcome: { kind: 'exited', exitCode: 1 },
    says: /#include __FILE__/,
  },
  {
    language: 'c',
    title: 'an include bomb: every line doubles',
    code: `#define A0 x\n${Array.from({ length: 40 }, (_, i) => `#define A${i + 1} A${i} A${i}\n`).join('')}int A40;\n`,
    outcome: limit('memory'),
  },
  {
    language: 'c',
    title: 'an array of 10 GiB in the program file',
    code: 'char a[10ull << 30] = {1};\n',
    limits: { wall: '3s' },
    outcome: expect.anything(),
  },
  { language: 'c', title: '/dev/zero as a header', code: '#include "/dev/zero"\n', outcome: limit('memory') },
  {
    language: 'c',
    title: '/dev/stdin as a header: nothing comes',
    code: '#include "/dev/stdin"\nint main(void) { return nothing; }\n',
    outcome: { kind: 'exited', exitCode: 1 },
    says: /nothing/,
  },
  {
    language: 'c',
    title: "the host's accounts as a header: the sandbox has its own",
    code: '#include "/etc/passwd"\n',
    outcome: { kind: 'exited', exitCode: 1 },
    says: /root:x:0:0:root:\/:\/usr\/sbin\/nologin/,
    saysNot: /\/bin\/bash/,
  },
  {
    language: 'c',
    title: "the host's shadow file by .incbin",
    code: 'asm(".incbin \\"/etc/shadow\\"");\nint main(void) {}\n',
    outcome: { kind: 'exited', exitCode: 1 },
    says: /No such file|not found/,
  },
  {
    language: 'c',
    title: "the supervisor's environment by .incbin",
    code: 'asm(".incbin \\"/proc/1/environ\\"");\nint main(void) {}\n',
    outcome: failed,
    says: /\/proc\/1\/environ/,
  },
  {
    language: 'c',
    title: 'error messages without end',
    code: Array.from(
      { length: 20_000 },
      (_, i) => `int f${i}(void) { return unknown_name_number_${i}; }\n`,
    ).join(''),
    outcome: limit('stderr'),
  },
  {
    language: 'c',
    title: 'a plugin by pragma',
    code: '#pragma GCC plugin "evil"\n#pragma GCC dependency "/etc/shadow"\nint main(void) { return x; }\n',
    outcome: { kind: 'exited', exitCode: 1 },
  },
  {
    language: 'cpp',
    title: 'a template bomb',
    code: 'template <int N, class T> struct A { A<N - 1, A<N, T>> a; A<N - 1, A<N, int>> b; };\ntemplate <class T> struct A<0, T> {};\nA<26, int> bomb;\nint main() {}\n',
    limits: { wall: '4s', cpuTime: '20s', memory: '512MiB' },
    outcome: { kind: 'limit', limit: expect.stringMatching(/^(wall|memory)$/) } as never,
  },
  {
    language: 'cpp',
    title: 'constant evaluation without end',
    code: 'constexpr long f() { long n = 0; for (long i = 0; i >= 0; i++) n += i; return n; }\nconstexpr long g = f();\nint main() { return g; }\n',
    outcome: failed,
    says: /constexpr/,
  },
  {
    language: 'rust',
    title: "the host's shadow file by include_str!",
    code: 'fn main() { println!("{}", include_str!("/etc/shadow")); }\n',
    outcome: { kind: 'exited', exitCode: 1 },
    says: /couldn't read|No such file/,
  },
  {
    language: 'rust',
    title: 'a type that grows without end',
    code: 'trait T { type O; }\nimpl<A> T for A { type O = (A, A); }\nfn f<A>(n: u32, _: A) { if n > 0 { f(n - 1, (0u8, Some([0u8; 2]))); f::<Option<A>>(n - 1, None) } }\nfn main() { f(3, 0u8) }\n',
    outcome: failed,
    says: /recursion limit|reached the/,
  },
  {
    language: 'go',
    title: 'cgo',
    code: 'package main\n\n// #include <stdlib.h>\nimport "C"\n\nfunc main() { C.abort() }\n',
    outcome: failed,
    says: /no Go source files/,
  },
  {
    language: 'go',
    title: 'a module from the network',
    code: 'package main\n\nimport "example.com/evil"\n\nfunc main() { evil.Run() }\n',
    outcome: failed,
    says: /example\.com\/evil/,
  },
  {
    language: 'go',
    title: "the host's files by go:embed",
    code: 'package main\n\nimport _ "embed"\n\n//go:embed /etc/shadow\nvar s string\n\nfunc main() { println(s) }\n',
    outcome: failed,
    says: /pattern|invalid/,
  },
  {
    language: 'java',
    title: 'a constant that doubles',
    code: `public class Main { static final String A0 = "xxxxxxxxxxxxxxxx"; ${Array.from({ length: 24 }, (_, i) => `static final String A${i + 1} = A${i} + A${i};`).join(' ')} public static void main(String[] a) {} }\n`,
    outcome: failed,
  },
];

sandboxed('compilers under attack', () => {
  describe.each(['bubblewrap', 'nsjail'] as const)('%s', (engine) => {
    let warder: Warder;
    beforeAll(async () => {
      warder = await createWarder({ engine, compileCache: false });
    });
    afterAll(() => warder.close());

    for (const { language, title, code, limits, outcome, says, saysNot } of ATTACKS) {
      here.gate(language)(`${language}: ${title}`, () => {
        test('ends by what it was held to', async () => {
          const overrides = { compile: { limits: { ...LIMITS, ...limits } } };
          const result = await here.run(warder, { language, code, rootfs: 'host' }, overrides);
          expect(result).toMatchObject({ phase: 'compile', ok: false, outcome });
          const said = result.stdout.data + result.stderr.data;
          if (says) expect(said).toMatch(says);
          if (saysNot) expect(said).not.toMatch(saysNot);
        });
      });
    }
  });
});
