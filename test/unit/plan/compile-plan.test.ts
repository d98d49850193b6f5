import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { findLanguage } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { compilePolicy } from '#plan/compile-policy.ts';
import { planCompile, planProgram } from '#plan/program-plan.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import { BUILT_ROOTFS, LIMITS, policyWith } from './fixtures.ts';

const MIB = 1024 ** 2;
const TOOLS = ['gcc', 'g++', 'go', 'rustc', 'javac', 'java', 'ruby', 'node', 'bash', 'python3'];
const ROOTFS = {
  ...BUILT_ROOTFS,
  commands: Object.fromEntries(TOOLS.map((name) => [name, `/usr/bin/${name}`])),
};
const FILTER = { program: new Uint8Array(8), notify: false };

const inputOf = (id: string, request: Omit<RunRequest, 'language'>, policy: ResolvedPolicy) => ({
  request: { language: id, ...request },
  policy,
  rootfs: ROOTFS,
  language: findLanguage(id),
  landlockAbi: 0,
  controls: [],
  filter: FILTER,
});

function stepOf({ compile }: Language) {
  if (!compile) throw new Error('nothing to compile');
  return compile;
}

const compiled = (id: string, request: Omit<RunRequest, 'language'>, policy = policyWith()) =>
  planCompile(stepOf(findLanguage(id)), inputOf(id, request, policy)).spec;
const run = (id: string, request: Omit<RunRequest, 'language'>, policy = policyWith()) =>
  planProgram(inputOf(id, request, policy)).spec;

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isWarderError(error)) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('was not refused');
}

describe('the compile line', () => {
  const files = ['main.c', 'lib/util.c', 'lib/util.h', '-o.c'].map((path) => ({ path, content: '' }));

  test('has every source once, the entry point first, none of which is taken for an option', () => {
    const { argv } = compiled('c', { files, entrypoint: 'main.c' });
    expect(argv[0]).toBe('/usr/bin/gcc');
    expect(argv.slice(argv.indexOf('./.compiled/main'))).toEqual([
      './.compiled/main',
      ...['-x', 'c', './main.c', './lib/util.c', './-o.c'],
      ...['-x', 'none', '-lm'],
    ]);
  });

  test.each([
    [
      [
        { path: 'a.go', content: '' },
        { path: 'b.go', content: '' },
        { path: 'x_test.go', content: '' },
      ],
      'a.go',
      ['./a.go', './b.go'],
    ],
    [
      [
        { path: 'go.mod', content: '' },
        { path: 'cmd/a.go', content: '' },
      ],
      'cmd/a.go',
      ['./cmd'],
    ],
    [
      [
        { path: 'go.mod', content: '' },
        { path: 'a.go', content: '' },
      ],
      'a.go',
      ['./'],
    ],
    [
      [
        { path: 'a.go', content: '' },
        { path: 'sub/b.go', content: '' },
      ],
      'a.go',
      ['./a.go'],
    ],
  ])('of Go builds %j from %s', (given, entrypoint, expected) => {
    const { argv } = compiled('go', { files: given, entrypoint });
    expect(argv.slice(argv.indexOf('./.compiled/main') + 1)).toEqual(expected);
  });

  test('starts in the workspace, with the output directory made and nothing of the request in the environment', () => {
    const spec = compiled('c', { code: 'int main;', env: { CPATH: '/x' }, cwd: '/tmp', args: ['a'] });
    expect(spec.cwd).toBe('/workspace');
    expect(spec.env).not.toHaveProperty('CPATH');
    expect(spec.files.map(({ path }) => path)).toEqual(['main.c', '.compiled/.made']);
    expect(spec.argv).not.toContain('a');
  });

  test('tells the compiler its limits', () => {
    const policy = policyWith({ memoryBytes: 500 * MIB, cpuCores: 1.5 });
    expect(compiled('go', { code: '' }, policy).env).toMatchObject({
      GOMAXPROCS: '2',
      GOMEMLIMIT: '471859200B',
      GOPROXY: 'off',
      CGO_ENABLED: '0',
    });
    expect(
      compiled('go', { code: '' }, policyWith({ memoryBytes: null, cpuCores: null })).env,
    ).not.toHaveProperty('GOMEMLIMIT');
    expect(compiled('java', { code: '' }, policy).argv).toContain('-J-Xmx308m');
  });

  test('needs room for the compiler, which is no limit of the program', () => {
    const small = policyWith({ memoryBytes: 8 * MIB, pids: 1 });
    expect(refusal(() => compiled('cpp', { code: '' }, small))).toMatchObject({
      code: 'REQUEST_INVALID',
      details: {
        issues: [
          { path: 'compile.limits.memory', message: 'the compiler of C++ needs at least 64MiB of memory' },
          { path: 'compile.limits.pids', message: 'the compiler of C++ needs at least 4 tasks' },
        ],
      },
    });
  });

  test('is not given a file where the output goes', () => {
    for (const path of ['.compiled/main', '.compiled']) {
      expect(
        refusal(() => compiled('c', { files: [{ path, content: '' }], entrypoint: path })),
      ).toMatchObject({
        code: 'REQUEST_INVALID',
        details: { issues: [{ path: 'files' }] },
      });
    }
    expect(compiled('c', { files: [{ path: '.compiled.c', content: '' }] }).argv).toContain('./.compiled.c');
  });

  test.each([
    [BUILT_ROOTFS, /warder rootfs build rust/],
    [{ ...BUILT_ROOTFS, name: 'host' }, /Install rustc/],
  ])('without its compiler says how to get it', (rootfs, hint) => {
    const input = { ...inputOf('rust', { code: '' }, policyWith()), rootfs };
    expect(() => planCompile(stepOf(input.language), input)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(hint) }),
    );
  });

  test('needs its compiler', () => {
    const input = { ...inputOf('rust', { code: '' }, policyWith()), rootfs: BUILT_ROOTFS };
    expect(refusal(() => planCompile(stepOf(input.language), input)).code).toBe('HOST_LANGUAGE_MISSING');
  });
});

describe('the run line of what was compiled', () => {
  test('is the program itself, with the request’s arguments, environment and files', () => {
    const spec = run('c', { code: 'x', args: ['1', ''], env: { A: '1' } });
    expect(spec.argv).toEqual(['/workspace/.compiled/main', '1', '']);
    expect(spec.env).toMatchObject({ A: '1' });
  });

  test('comes with what was compiled', () => {
    const output = { path: '.compiled/main', content: Uint8Array.of(1), mode: 0o755 };
    const { files } = planProgram({
      ...inputOf('rust', { code: 'x' }, policyWith()),
      outputs: [output],
    }).spec;
    expect(files.map(({ path }) => path)).toEqual(['main.rs', '.compiled/main']);
    expect(files[1]).toBe(output);
  });

  test('is refused where nothing written can be executed, unless an interpreter reads it', () => {
    const policy = policyWith({}, { execution: { writtenFiles: 'deny' } });
    for (const id of ['c', 'cpp', 'go', 'rust']) {
      expect(refusal(() => run(id, { code: 'x' }, policy))).toMatchObject({ code: 'REQUEST_INVALID' });
    }
    expect(run('java', { code: 'class Main {}' }, policy).argv[0]).toBe('/usr/bin/java');
    expect(run('ruby', { code: '' }, policy).argv).toEqual([
      '/usr/bin/ruby',
      '--encoding=UTF-8',
      '/workspace/main.rb',
    ]);
  });
});

describe('the policy of the compile phase', () => {
  const mount = { type: 'bind', source: '/srv', target: '/srv', readOnly: false } as const;
  const seccomp = {
    profile: 'strict',
    allow: ['ptrace'],
    deny: ['io_uring_setup'],
    places: { allow: { ptrace: { file: 'f' } }, deny: {} },
  };
  const policy = policyWith(
    { memoryBytes: 1 },
    { network: { mode: 'loopback' }, filesystem: { rootfs: 'c', mounts: [mount] }, seccomp },
  );

  test('has its own limits, and neither mounts nor a network', () => {
    expect(compilePolicy(policy)).toMatchObject({
      limits: LIMITS,
      network: { mode: 'none' },
      filesystem: { rootfs: 'c', mounts: [] },
      seccomp,
    });
  });

  test('with a profile of its own keeps what is denied, and not what was allowed on top of another', () => {
    expect(compilePolicy({ ...policy, compileProfile: 'compiler' }).seccomp).toEqual({
      profile: 'compiler',
      allow: [],
      deny: ['io_uring_setup'],
      places: { allow: {}, deny: {} },
    });
  });
});
