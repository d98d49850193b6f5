/** Who is in a leaf of cgroup v2, and how its launcher ends: a real stub, and a shell in the launcher's place. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Leaf } from '#cgroup/driver.ts';
import { probeCgroups } from '#cgroup/probe.ts';
import { createV2Driver } from '#cgroup/v2/driver.ts';
import { type Jail, launchJail } from '#launch/jail.ts';
import { type NativeProgram, openNative } from '#launch/native.ts';
import { gate } from '../helpers/gate.ts';
import { eventually } from '../helpers/sandbox.ts';

/** On a hybrid host the version 2 mount has no controllers, but groups, and being born in one, all the same. */
const parent = placeOf(readFileSync('/proc/self/cgroup', 'utf8'));
const probe = await probeCgroups({ driver: 'v2', dir: parent, controllers: [] });
const onV2 = gate(
  'cgroup2-leaf',
  probe.abilities.cpuacct.usable,
  `no group of version 2 can be made in ${parent}`,
);

function placeOf(memberships: string): string {
  const own = /^0::(.*)$/m.exec(memberships)?.[1] ?? '';
  if (/^\d+:memory:/m.test(memberships)) return '/sys/fs/cgroup/unified';
  // The tests themselves are in a subgroup of what is theirs.
  return join('/sys/fs/cgroup', dirname(own));
}

const members = (leaf: Leaf): number[] =>
  readFileSync(leaf.joinPaths[0] ?? '', 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(Number);
const parentOf = (pid: number): number =>
  Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

onV2('a launcher on cgroup v2', () => {
  let native: NativeProgram;
  let leaf: Leaf;
  let jail: Jail | undefined;
  beforeAll(async () => {
    native = await openNative();
  });
  afterAll(() => native.handle.close());
  beforeEach(async () => {
    const none = { memoryBytes: null, swapBytes: null, pidsMax: null, cpu: null };
    leaf = await createV2Driver(parent, []).createLeaf(`warder-${randomBytes(8).toString('hex')}-0`, none);
  });
  afterEach(async () => {
    jail?.kill();
    await jail?.exited;
    jail = undefined;
    await leaf.remove();
  });

  async function launch(script: string): Promise<Jail> {
    jail = await launchJail({
      native,
      spec: { engine: 'bubblewrap', argv: ['/bin/sh', '-c', script], blobs: [] },
      ids: null,
      joinPaths: Promise.resolve(leaf.joinPaths),
      timeoutMs: 30_000,
      onTimeout: () => new Error('too slow'),
    });
    return jail;
  }

  test('is born there; who stands in for it is outside, and holds nothing', async () => {
    const { pid } = await launch('exec sleep 600');
    const [launcher = 0, ...more] = members(leaf);
    expect(more).toEqual([]);
    expect(launcher).not.toBe(pid);
    expect([parentOf(launcher), parentOf(pid)]).toEqual([pid, process.pid]);
    expect(await eventually(() => readdirSync(`/proc/${pid}/fd`).length === 0)).toBe(true);
  });

  test.each([
    ['exit 0', { exitCode: 0, signal: null }],
    ['exit 255', { exitCode: 255, signal: null }],
    ['kill -SEGV $$', { exitCode: null, signal: 'SIGSEGV' }],
    ['kill -TERM $$', { exitCode: null, signal: 'SIGTERM' }],
  ])('its end is what the supervisor hears: %s', async (script, end) => {
    expect(await (await launch(script)).exited).toEqual(end);
  });

  test('dies with the one that stands in for it', async () => {
    const { kill, exited } = await launch('exec sleep 600');
    expect(members(leaf)).toHaveLength(1);
    kill();
    expect(await exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(await eventually(() => members(leaf).length === 0)).toBe(true);
  });

  test('is killed with its leaf, and that is heard', async () => {
    const { exited } = await launch('exec sleep 600');
    expect(await leaf.kill()).toBe(true);
    expect(await exited).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('a leaf that is gone is an error', async () => {
    await leaf.remove();
    await expect(launch('exit 0')).rejects.toMatchObject({
      code: 'LAUNCH_STEP_FAILED',
      details: { step: 'join', errno: 'ENOENT' },
    });
  });
});
