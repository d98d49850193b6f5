import { describe, expect, test } from 'vitest';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import type { PolicyOverrides } from '#policy/schema.ts';
import { caught, loadBody, report } from './policy-files.ts';

const MIB = 1024 ** 2;

describe('the typed policy', () => {
  test('has no filter of the compile phase where no file names one', async () => {
    const loaded = await loadPolicyFile('strict');
    const entries = new Map([...loaded.entries].filter(([path]) => !path.startsWith('compile.seccomp')));
    expect(resolvePolicy({ ...loaded, entries }).policy.compileProfile).toBeNull();
  });

  test('has every field in base units', async () => {
    const loaded = await loadPolicyFile('strict');
    const { policy, widened } = resolvePolicy(loaded);
    expect(widened).toEqual([]);
    expect(policy).toEqual({
      name: 'strict',
      description: 'Default for untrusted code',
      sha256: loaded.sha256,
      limits: {
        wallMs: 30_000,
        cpuTimeMs: 20_000,
        cpuCores: 1,
        memoryBytes: 512 * MIB,
        swapBytes: 0,
        pids: 64,
        stdout: { sizeBytes: MIB, onExceed: 'kill' },
        stderr: { sizeBytes: MIB, onExceed: 'kill' },
        fileSizeBytes: 10 * MIB,
        openFiles: 256,
        stackBytes: 8 * MIB,
        coreBytes: 0,
        workspace: { sizeBytes: 64 * MIB, inodes: null },
        tmp: { sizeBytes: 64 * MIB, inodes: null },
        shm: { sizeBytes: 16 * MIB, inodes: null },
      },
      compileLimits: { ...policy.limits, wallMs: 30_000, memoryBytes: 1024 * MIB, pids: 256 },
      network: { mode: 'none' },
      filesystem: { rootfs: 'auto', mounts: [] },
      identity: { uid: 1000, gid: 1000, hostname: 'warder' },
      environment: { LANG: 'C.UTF-8' },
      devices: ['null', 'zero', 'full', 'random', 'urandom'],
      seccomp: { profile: 'default', allow: [], deny: [], places: { allow: {}, deny: {} } },
      compileProfile: 'compiler',
      execution: { writtenFiles: 'allow' },
      artifacts: { count: 64, sizeBytes: 8 * MIB, totalBytes: 32 * MIB, depth: 16 },
      allowDegraded: ['rootfs'],
    });
  });

  test('holds null for unlimited, and the inodes that were set', async () => {
    const loaded = await loadBody(
      'limits: { wall: unlimited, memory: unlimited, cpu: unlimited, pids: unlimited, swap: unlimited, tmp: { inodes: 9 }, stdout: { size: unlimited, onExceed: truncate } }',
    );
    const { limits, compileLimits } = resolvePolicy(loaded).policy;
    expect(limits).toMatchObject({
      wallMs: null,
      memoryBytes: null,
      cpuCores: null,
      pids: null,
      swapBytes: null,
    });
    expect(limits.tmp).toEqual({ sizeBytes: 64 * MIB, inodes: 9 });
    expect(limits.stdout).toEqual({ sizeBytes: null, onExceed: 'truncate' });
    expect(compileLimits.stdout).toEqual(limits.stdout);
  });

  test('has optional limits only where something is limited, for the compile phase too', async () => {
    const some = resolvePolicy(
      await loadBody('limits: { cpuset: "3,0-1", io: { read: 1KiB, writeOps: 5 } }'),
    );
    const expected = {
      cpuset: [0, 1, 3],
      io: { readBytes: 1024, writeBytes: null, readOps: null, writeOps: 5 },
    };
    expect(some.policy.limits).toMatchObject(expected);
    expect(some.policy.compileLimits).toMatchObject(expected);
    const none = resolvePolicy(await loadBody('limits: { cpuset: unlimited, io: { read: unlimited } }'));
    expect(none.policy.limits).not.toHaveProperty('cpuset');
    expect(none.policy.limits).not.toHaveProperty('io');
    expect(resolvePolicy(await loadBody('limits: { cpuset: 2 }')).policy.limits.cpuset).toEqual([2]);
  });

  test('lets a request choose among the processors and lower the rates, and no more', async () => {
    const loaded = await loadBody(
      'limits: { cpuset: 0-3, io: { read: 1MiB } }\nceilings: { io: { read: 2MiB } }',
    );
    const ask = (limits: Record<string, unknown>) =>
      resolvePolicy(loaded, { overrides: { limits } as PolicyOverrides }).policy.limits;
    expect(ask({ cpuset: '1-2' }).cpuset).toEqual([1, 2]);
    expect(ask({ io: { read: '2MiB', write: '1B' } }).io).toMatchObject({
      readBytes: 2 * MIB,
      writeBytes: 1,
    });
    for (const more of [{ cpuset: '3-4' }, { cpuset: 'unlimited' }, { io: { read: '3MiB' } }]) {
      expect(() => ask(more)).toThrow(expect.objectContaining({ code: 'REQUEST_BEYOND_CEILING' }));
    }
  });

  test('keeps any name of a variable', async () => {
    const { policy } = resolvePolicy(await loadBody('environment: { constructor: a, LD_PRELOAD: /x.so }'));
    expect(policy.environment).toEqual({ LANG: 'C.UTF-8', constructor: 'a', LD_PRELOAD: '/x.so' });
  });
});

describe('precedence', () => {
  const body =
    'limits: { pids: 10, wall: 1s }\nceilings: { pids: 99 }\nlanguages: { go: { limits: { pids: 20 }, compile: { limits: { wall: 9s } } } }';
  test('language over policy, request over language', async () => {
    const loaded = await loadBody(body);
    const pids = (languageId?: string, overrides?: PolicyOverrides): number | null =>
      resolvePolicy(loaded, { languageId, overrides }).policy.limits.pids;
    expect(pids()).toBe(10);
    expect(pids('python')).toBe(10);
    expect(pids('go')).toBe(20);
    expect(pids('go', { limits: { pids: 15 } })).toBe(15);
  });
  test('the compile phase takes from limits what it does not set', async () => {
    const loaded = await loadBody(body);
    const overrides = { limits: { fileSize: '1KiB', memory: '1MiB' } };
    const { compileLimits } = resolvePolicy(loaded, { languageId: 'go', overrides }).policy;
    expect(compileLimits).toMatchObject({ wallMs: 9000, fileSizeBytes: 1024, memoryBytes: 1024 * MIB });
  });
});

describe('ceilings', () => {
  const policy = (): Promise<LoadedPolicy> =>
    loadBody(
      'limits: { stdout: 1MiB, tmp: { size: 1MiB, inodes: 10 } }\nceilings: { memory: 1GiB, wall: unlimited, stdout: 2MiB, tmp: { inodes: 20 } }\nallowDegraded: [memory]\nfilesystem: { mounts: [{ type: bind, source: /a, target: /b, readOnly: false }] }\nseccomp: { deny: [ptrace], allow: [clone3] }',
    );
  const mount = { type: 'bind', source: '/a', target: '/b' } as const;

  const free: readonly PolicyOverrides[] = [
    {},
    { limits: { memory: '1MiB', pids: 1, stdout: '1KiB' } },
    { limits: { memory: '1GiB', stdout: '2MiB', wall: 'unlimited', tmp: { inodes: 20 } } },
    { limits: { stdout: { onExceed: 'truncate' }, shm: { inodes: 5 } } },
    { compile: { limits: { memory: '1GiB', wall: '1h' } } },
    { identity: { uid: 5, gid: 6, hostname: 'x' }, environment: { A: 'b', LANG: 'C' } },
    { filesystem: { rootfs: 'python', mounts: [mount] } },
    { filesystem: { mounts: [] }, devices: [], allowDegraded: [] },
    { seccomp: { profile: 'paranoid', allow: [], '+deny': ['mount'] }, execution: { writtenFiles: 'deny' } },
    { '+devices': ['zero'], '+allowDegraded': ['memory'], network: { mode: 'none' } },
  ];
  test.each(free)('%j is granted', async (overrides) =>
    expect(resolvePolicy(await policy(), { overrides }).widened).toEqual([]),
  );

  const wider: readonly (readonly [PolicyOverrides, string])[] = [
    [
      { limits: { memory: '2GiB' } },
      "limits.memory: asked for 2GiB, beyond the policy's ceiling 1GiB: it lets the program use more of the host",
    ],
    [
      { limits: { memory: 'unlimited' } },
      "limits.memory: asked for unlimited, beyond the policy's ceiling 1GiB: it lets the program use more of the host",
    ],
    [
      { limits: { pids: 65 } },
      "limits.pids: asked for 65, beyond the policy's own 64: it lets the program use more of the host",
    ],
    [
      { limits: { stdout: '3MiB' } },
      "limits.stdout.size: asked for 3MiB, beyond the policy's ceiling 2MiB: it lets the program use more of the host",
    ],
    [
      { limits: { tmp: { inodes: 21 } } },
      "limits.tmp.inodes: asked for 21, beyond the policy's ceiling 20: it lets the program use more of the host",
    ],
    [
      { compile: { limits: { cpuTime: '1h' } } },
      "compile.limits.cpuTime: asked for 1h, beyond the policy's own 10s: it lets the program use more of the host",
    ],
    [
      { network: { mode: 'loopback' } },
      "network.mode: asked for loopback, beyond the policy's own none: it opens the network code of the kernel to the program",
    ],
    [
      { filesystem: { rootfs: 'host' } },
      "filesystem.rootfs: asked for host, beyond the policy's own auto: it shows the program files that the policy did not choose",
    ],
    [
      { filesystem: { '+mounts': [{ ...mount, target: '/c' }] } },
      expect.stringMatching(/^filesystem\.mounts: asked for \[\{"type":"bind",/),
    ],
    [
      { seccomp: { profile: 'homemade' } },
      "seccomp.profile: asked for homemade, beyond the policy's own default: it opens more of the kernel to the program",
    ],
    [
      { seccomp: { '+allow': ['mount'] } },
      "seccomp.allow: asked for [clone3, mount], beyond the policy's own [clone3]: it opens more of the kernel to the program",
    ],
    [
      { seccomp: { deny: ['mount'] } },
      "seccomp.deny: asked for [mount], beyond the policy's own [ptrace]: it takes back system calls that the policy denies",
    ],
    [
      { allowDegraded: ['rootfs'] },
      "allowDegraded: asked for [rootfs], beyond the policy's own [memory]: it lets a run start without a control that the policy insists on",
    ],
  ];
  test.each(wider)('%j is refused, or granted and recorded', async (overrides, issue) => {
    const loaded = await policy();
    const error = await caught(() => resolvePolicy(loaded, { overrides }));
    expect(error.code).toBe('REQUEST_BEYOND_CEILING');
    expect((await caught(() => resolvePolicy(loaded, { overrides, allowWiden: false }))).code).toBe(
      error.code,
    );
    expect(await report(() => resolvePolicy(loaded, { overrides }))).toEqual([issue]);
    const { widened } = resolvePolicy(loaded, { overrides, allowWiden: true });
    expect(widened.map(({ path, why }) => `${path}: ${why}`)).toEqual([issue]);
  });

  test('every field beyond its ceiling is named', async () => {
    const overrides = { limits: { pids: 99 }, network: { mode: 'loopback' } } as const;
    const error = await caught(async () => resolvePolicy(await policy(), { overrides }));
    expect(error.message).toBe(
      'The request asks for more than the policy `p` grants: limits.pids, network.mode',
    );
    const { policy: result } = resolvePolicy(await policy(), { overrides, allowWiden: true });
    expect([result.limits.pids, result.network.mode]).toEqual([99, 'loopback']);
  });

  test('inodes that nobody set are without limit, so any number is less', async () => {
    const loaded = await loadBody('limits: { tmp: { inodes: 5 } }');
    const overrides = { limits: { tmp: { inodes: 6 } } };
    expect(await report(() => resolvePolicy(loaded, { overrides }))).toHaveLength(1);
    expect(resolvePolicy(await loadBody(''), { overrides }).policy.limits.tmp.inodes).toBe(6);
  });

  test('the host as root file system is no more than auto where the policy waives a built one', async () => {
    const overrides = { filesystem: { rootfs: 'host' } };
    expect(resolvePolicy(await loadPolicyFile('strict'), { overrides }).policy.filesystem.rootfs).toBe(
      'host',
    );
    const pinned = await loadBody('filesystem: { rootfs: python }\nallowDegraded: [rootfs]');
    expect(await report(() => resolvePolicy(pinned, { overrides }))).toHaveLength(1);
    const strict = await loadPolicyFile('production');
    expect(await report(() => resolvePolicy(strict, { overrides }))).toHaveLength(1);
  });
});

describe('overrides that make no sense', () => {
  test('are checked like a policy file', async () => {
    const overrides = { limits: { memory: 5 } } as unknown as PolicyOverrides;
    const error = await caught(async () => resolvePolicy(await loadPolicyFile('strict'), { overrides }));
    expect(error).toMatchObject({
      code: 'REQUEST_INVALID',
      details: { issues: [{ path: 'limits.memory' }] },
    });
  });
  test('and with the policy, widened or not', async () => {
    const loaded = await loadBody('limits: { wall: unlimited }\nceilings: { cpuTime: unlimited }');
    const overrides = { limits: { cpuTime: 'unlimited' } };
    for (const allowWiden of [true, false]) {
      const error = await caught(() => resolvePolicy(loaded, { overrides, allowWiden }));
      expect(error.code).toBe('REQUEST_INVALID');
    }
  });
});
