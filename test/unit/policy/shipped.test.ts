import { describe, expect, test } from 'vitest';
import { listShippedPolicies, loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import type { ResolvedPolicy } from '#policy/types.ts';

const MIB = 1024 ** 2;
const NAMES = ['base', 'development', 'judge', 'paranoid', 'production', 'strict', 'testing'];

const resolved = async (name: string, languageId?: string): Promise<ResolvedPolicy> =>
  resolvePolicy(await loadPolicyFile(name), { languageId }).policy;

test('exactly these are shipped', async () => expect(await listShippedPolicies()).toEqual(NAMES));

describe.each(NAMES)('%s', (name) => {
  test('loads under its own name, with a description', async () => {
    const loaded = await loadPolicyFile(name);
    expect(loaded.name).toBe(name);
    expect(loaded.description).not.toBe('');
  });

  test.each(['python', 'javascript', 'java', 'bash'])(
    '%s runs without network, privileges and core files',
    async (id) => {
      const policy = await resolved(name, id);
      expect(policy.network.mode).toBe('none');
      expect(policy.identity).toEqual({ uid: 1000, gid: 1000, hostname: 'warder' });
      expect(policy.filesystem.mounts).toEqual([]);
      for (const limits of [policy.limits, policy.compileLimits]) {
        expect(limits).toMatchObject({ swapBytes: 0, coreBytes: 0 });
        expect([limits.wallMs, limits.cpuTimeMs, limits.memoryBytes, limits.pids]).not.toContain(null);
      }
    },
  );

  test('the Java machine never has less memory than other languages', async () => {
    const [java, body] = [await resolved(name, 'java'), await resolved(name)];
    expect(java.limits.memoryBytes).toBeGreaterThanOrEqual(Number(body.limits.memoryBytes));
    expect(java.limits.pids).toBeGreaterThan(Number(body.limits.pids));
  });
});

describe('the numbers of the contract', () => {
  test.each([
    ['development', { wallMs: 60_000, memoryBytes: 1024 * MIB, cpuCores: 0.9 }],
    ['testing', { wallMs: 10_000, memoryBytes: 256 * MIB, cpuCores: 0.5 }],
    ['production', { wallMs: 30_000, memoryBytes: 512 * MIB, cpuCores: 0.8, fileSizeBytes: 10 * MIB }],
    [
      'production',
      { stdout: { sizeBytes: MIB, onExceed: 'kill' }, stderr: { sizeBytes: MIB, onExceed: 'kill' } },
    ],
    ['judge', { wallMs: 10_000, cpuTimeMs: 5000, memoryBytes: 256 * MIB, pids: 32 }],
    ['paranoid', { pids: 1 }],
  ])('%s: %j', async (name, limits) => expect((await resolved(name)).limits).toMatchObject(limits));

  test('strict lets requests raise memory and wall, production and paranoid nothing', async () => {
    const ceilings = async (name: string): Promise<readonly string[]> =>
      [...(await loadPolicyFile(name)).entries.keys()].filter((path) => path.startsWith('ceilings.'));
    expect(await ceilings('strict')).toEqual(['ceilings.wall', 'ceilings.memory']);
    expect(await ceilings('production')).toEqual([]);
    expect(await ceilings('paranoid')).toEqual([]);
  });

  test.each([
    ['base', []],
    ['strict', ['rootfs']],
    ['development', ['rootfs']],
    ['testing', ['rootfs']],
    ['production', []],
    ['judge', []],
    ['paranoid', []],
  ])('%s may miss %j', async (name, controls) =>
    expect((await resolved(name)).allowDegraded).toEqual(controls),
  );

  test('paranoid executes nothing that was written, under its own filter', async () => {
    const { seccomp, execution } = await resolved('paranoid');
    expect([seccomp.profile, execution.writtenFiles]).toEqual(['paranoid', 'deny']);
  });
});

test('strict can be read alone: it sets every value itself', async () => {
  const { entries } = await loadPolicyFile('strict');
  const inherited = [...entries]
    .filter(([, entry]) => entry.origins.at(-1)?.file !== 'strict')
    .map(([path]) => path);
  expect(inherited).toEqual([]);
});
