import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { javascript } from '#languages/javascript.ts';
import { python } from '#languages/python.ts';
import { type ProgramInput, planProgram } from '#plan/program-plan.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { ResolvedLimits } from '#policy/types.ts';
import type { ControlEntry, Enforcer } from '#result/control.ts';
import { BUILT_ROOTFS, policyWith } from './fixtures.ts';

const FILTER = { program: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), notify: true };
const MIB = 1024 ** 2;

function inputOf(request: RunRequest, changes: Partial<ProgramInput> = {}): ProgramInput {
  return {
    request,
    policy: policyWith(),
    rootfs: BUILT_ROOTFS,
    language: null,
    landlockAbi: 0,
    controls: [],
    filter: FILTER,
    ...changes,
  };
}

const plan = (request: RunRequest, changes: Partial<ProgramInput> = {}) =>
  planProgram(inputOf(request, changes));

function errorOf(request: RunRequest, changes: Partial<ProgramInput> = {}) {
  try {
    plan(request, changes);
  } catch (error) {
    if (isWarderError(error)) return error;
    throw error;
  }
  throw new Error('planned without an error');
}

describe('what runs', () => {
  test('a command as it is, in the workspace', () => {
    const { spec } = plan({ argv: ['ls', '-la'] });
    expect(spec).toMatchObject({ argv: ['ls', '-la'], cwd: '/workspace', files: [], notify: true });
    expect(spec.filter).toBe(FILTER.program);
  });

  test('code becomes the main file of its language', () => {
    const { spec } = plan({ language: 'python', code: 'print("é")' }, { language: python });
    expect(spec.argv).toEqual(['/usr/bin/python3', '-B', '/workspace/main.py']);
    expect(spec.files).toEqual([{ path: 'main.py', content: Buffer.from('print("é")'), mode: 0o644 }]);
  });

  test('files keep path and mode; text, bytes and base64 are all bytes', () => {
    const files = [
      { path: 'a.py', content: 'é', mode: '0755' },
      { path: 'b/c.bin', content: Uint8Array.of(0, 255) },
      { path: 'd.bin', content: { data: 'AP8=', encoding: 'base64' as const }, mode: '600' },
    ];
    const { spec } = plan(
      { language: 'python', files, entrypoint: 'b/c.bin', args: ['x', ''] },
      { language: python },
    );
    expect(spec.files.map(({ path, content, mode }) => [path, [...content], mode])).toEqual([
      ['a.py', [0xc3, 0xa9], 0o755],
      ['b/c.bin', [0, 255], 0o644],
      ['d.bin', [0, 255], 0o600],
    ]);
    expect(spec.argv).toEqual(['/usr/bin/python3', '-B', '/workspace/b/c.bin', 'x', '']);
  });

  test('a single file is the entrypoint', () => {
    const { spec } = plan(
      { language: 'python', files: [{ path: 'x/y.py', content: '' }] },
      { language: python },
    );
    expect(spec.argv.at(-1)).toBe('/workspace/x/y.py');
  });

  test("runtime flags follow the policy's memory", () => {
    const policy = policyWith({ memoryBytes: 256 * MIB });
    const { spec } = plan({ language: 'javascript', code: '' }, { language: javascript, policy });
    expect(spec.argv).toContain('--max-old-space-size=208');
  });

  test.each([
    [undefined, '/workspace'],
    ['sub', '/workspace/sub'],
    ['./a/../b', '/workspace/b'],
    ['/tmp', '/tmp'],
    ['..', '/'],
  ])('cwd %j is %s', (cwd, expected) => {
    expect(plan({ argv: ['a'], ...(cwd === undefined ? {} : { cwd }) }).spec.cwd).toBe(expected);
  });
});

describe('environment', () => {
  test('the fixed variables, then the policy, then the request', () => {
    const policy = policyWith({}, { environment: { LANG: 'de_DE.UTF-8', TERM: 'policy', ONE: 'policy' } });
    const { env } = plan({ argv: ['a'], env: { TERM: 'request', TWO: 'request' } }, { policy }).spec;
    expect(env).toEqual({
      PATH: '/usr/local/bin:/usr/bin',
      HOME: '/workspace',
      TMPDIR: '/tmp',
      LANG: 'de_DE.UTF-8',
      USER: 'warder',
      TERM: 'request',
      ONE: 'policy',
      TWO: 'request',
    });
  });
});

describe('limits of the program', () => {
  const rlimits = (limits: Partial<ResolvedLimits>) => {
    const { spec } = plan({ argv: ['a'] }, { policy: policyWith(limits) });
    return Object.fromEntries(spec.rlimits.map(({ name, soft, hard }) => [name, [soft, hard]]));
  };

  test('every resource by its number of asm-generic/resource.h', () => {
    const numbers = plan({ argv: ['a'] }).spec.rlimits.map(({ name, resource }) => [name, resource]);
    expect(Object.fromEntries(numbers)).toEqual({
      cpu: 0,
      fsize: 1,
      stack: 3,
      core: 4,
      nofile: 7,
      memlock: 8,
      msgqueue: 12,
      nice: 13,
      rtprio: 14,
    });
  });

  test('the values of the policy, soft as hard', () => {
    expect(rlimits({})).toEqual({
      cpu: [21, 21],
      fsize: [10 * MIB, 10 * MIB],
      stack: [8 * MIB, 8 * MIB],
      core: [1, 1],
      nofile: [256, 256],
      memlock: [65_536, 65_536],
      msgqueue: [0, 0],
      nice: [0, 0],
      rtprio: [0, 0],
    });
  });

  test('unlimited is the kernel’s infinity', () => {
    expect(rlimits({ cpuTimeMs: null, fileSizeBytes: null, stackBytes: null })).toMatchObject({
      cpu: [null, null],
      fsize: [null, null],
      stack: [null, null],
    });
  });

  test.each([
    [1, 2],
    [999, 2],
    [1000, 2],
    [1001, 3],
  ])('%d ms of CPU time are %d s, so that the accounting of the tree comes first', (cpuTimeMs, seconds) => {
    expect(rlimits({ cpuTimeMs })['cpu']).toEqual([seconds, seconds]);
  });

  test('a core limit that the policy sets is kept', () => {
    expect(rlimits({ coreBytes: 4096 })['core']).toEqual([4096, 4096]);
  });

  test.each([
    [{}, { data: [512 * MIB, 512 * MIB], nproc: [65, 65] }],
    [
      { memoryBytes: null, pids: null },
      { data: [null, null], nproc: undefined },
    ],
  ] as const)('stand in for a cgroup where the controls say so: %j', (limits, expected) => {
    const by = (...enforcedBy: Enforcer[]): ControlEntry[] =>
      (['memory', 'pids'] as const).map((control) => ({ control, value: 1, enforcedBy }));
    const policy = policyWith(limits);
    const named = (controls: ControlEntry[]) =>
      Object.fromEntries(
        plan({ argv: ['a'] }, { policy, controls }).spec.rlimits.map(({ name, resource, soft, hard }) => [
          name,
          [resource, soft, hard],
        ]),
      );
    expect(named(by('cgroup2'))).not.toHaveProperty('data');
    expect(named(by('cgroup2'))).not.toHaveProperty('nproc');
    expect(named(by('rlimit'))['data']).toEqual([2, ...expected.data]);
    expect(named(by('rlimit'))['nproc']).toEqual(expected.nproc && [6, ...expected.nproc]);
  });

  test('the backstop is later than the deadline, or not there either', () => {
    expect(plan({ argv: ['a'] }).spec.backstopMs).toBe(31_000);
    const endless = plan({ argv: ['a'] }, { policy: policyWith({ wallMs: null }) });
    expect(endless.spec.backstopMs).toBeNull();
    expect(endless.supervision.wallMs).toBeNull();
  });

  test('what the supervisor holds', () => {
    expect(plan({ argv: ['a'] }).supervision).toEqual({
      wallMs: 30_000,
      cpuTimeMs: 20_000,
      stdout: { sizeBytes: MIB, onExceed: 'kill' },
      stderr: { sizeBytes: 2 * MIB, onExceed: 'truncate' },
      artifacts: null,
    });
  });
});

test('artifacts are wanted with the caps of the policy, and none where no pattern is given', () => {
  const caps = { count: 3, sizeBytes: MIB, totalBytes: 2 * MIB, depth: 4 };
  const wanted = plan({ argv: ['a'], artifacts: ['*.png', 'out/**'] });
  expect(wanted.supervision.artifacts).toEqual({ patterns: ['*.png', 'out/**'], caps });
  expect(plan({ argv: ['a'], artifacts: [] }).supervision.artifacts).toBeNull();
});

describe('refused', () => {
  const policy = policyWith({ workspace: { sizeBytes: 8192, inodes: null } });
  const tooLarge = {
    code: 'REQUEST_INVALID',
    details: { issues: [{ path: 'files', message: '12288 bytes do not fit into the workspace of 8KiB' }] },
  };

  test('files that exceed the workspace by one byte, in pages as a tmpfs has them; exactly full is fine', () => {
    const files = (bytes: number) => [
      { path: 'a', content: 'small' },
      { path: 'b', content: 'x'.repeat(bytes) },
      { path: 'empty', content: '' },
    ];
    expect(plan({ argv: ['a'], files: files(4096) }, { policy }).spec.files).toHaveLength(3);
    expect(errorOf({ argv: ['a'], files: files(4097) }, { policy })).toMatchObject(tooLarge);
  });

  test('what was compiled, when it exceeds the workspace together with the sources', () => {
    const output = (bytes: number) => [
      { path: '.compiled/main', content: new Uint8Array(bytes), mode: 0o755 },
    ];
    const request = { argv: ['a'], files: [{ path: 'a', content: 'small' }] };
    expect(plan(request, { policy, outputs: output(4096) }).spec.files).toHaveLength(2);
    const error = errorOf(request, { policy, outputs: output(4097) });
    expect(error).toMatchObject(tooLarge);
    expect(error.message).toMatch(/^what was compiled and the request's files are too large/);
  });

  test('every limit below what the runtime needs, at once', () => {
    const policy = policyWith({ memoryBytes: 32 * MIB, pids: 8 });
    const error = errorOf({ language: 'javascript', code: '' }, { language: javascript, policy });
    expect(error).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { issues: [{ path: 'limits.memory' }, { path: 'limits.pids' }] },
    });
    expect(error.message).toContain('JavaScript (Node.js) needs at least 16 tasks');
  });

  test('the baseline itself is enough, and unlimited is', () => {
    const { memoryBytes, pids } = javascript.baseline;
    for (const limits of [
      { memoryBytes, pids },
      { memoryBytes: null, pids: null },
    ]) {
      const policy = policyWith(limits);
      expect(plan({ language: 'js', code: '' }, { language: javascript, policy }).spec.argv).not.toEqual([]);
    }
  });

  test('a language whose interpreter is not in the tree', () => {
    const rootfs = { ...BUILT_ROOTFS, commands: { bash: '/usr/bin/bash' } };
    const error = errorOf({ language: 'python', code: '' }, { language: python, rootfs });
    expect(error).toMatchObject({
      code: 'HOST_LANGUAGE_MISSING',
      details: { language: 'python', searched: BUILT_ROOTFS.path },
    });
    expect(error.hint).toContain('python3');
  });

  test('more arguments than a frame can carry, in bytes', () => {
    const half = 'é'.repeat(950_000); // two bytes each
    expect(plan({ argv: ['a', half] }).spec.argv).toHaveLength(2);
    expect(errorOf({ argv: ['a', half], env: { BIG: half } })).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { issues: [{ path: 'args' }] },
    });
  });

  test('a request that should not have got this far is our bug', () => {
    expect(errorOf({}).code).toBe('INTERNAL_BUG');
    expect(errorOf({ language: 'python' }, { language: python }).code).toBe('INTERNAL_BUG');
  });
});
