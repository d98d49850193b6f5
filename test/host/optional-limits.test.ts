/** Limits that a policy may leave out: processors and the rates of disks, held by the kernel of this host. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCpuList } from '#util/cpu-list.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { gate } from '../helpers/gate.ts';
import { leafDirectories } from '../helpers/sandbox.ts';

const MIB = 1024 ** 2;
const probe = await openWarder({}, process.env);
const { cgroup } = probe.runtime.facts;
await probe.close();
const cpus = cgroup.cpus ?? [];
const whyNot = (controller: string) =>
  cgroup.unusable[controller] ?? cgroup.unusable['driver'] ?? `${cpus.length} processors`;
const cpuset = gate('cpuset', cgroup.controllers.includes('cpuset') && cpus.length > 1, whyNot('cpuset'));
const io = gate('io', cgroup.controllers.includes('io'), whyNot('io'));
const engines = ['bubblewrap', 'nsjail'] as const;

function withWarder(body: (warder: () => WarderInstance) => void): void {
  let warder: WarderInstance | undefined;
  beforeAll(async () => {
    warder = await openWarder({}, process.env);
  });
  afterAll(() => warder?.close());
  body(() => warder as WarderInstance);
}

cpuset('cpuset', () =>
  withWarder((warder) => {
    test.each(engines)('%s: the program may use the listed processors, and no other', async (engine) => {
      const code =
        'import os\nprint(sorted(os.sched_getaffinity(0)))\nprint([l.split()[1] for l in open("/proc/self/status") if l.startswith("Cpus_allowed_list")][0])\n' +
        `try: os.sched_setaffinity(0, {${cpus[0]}})\nexcept OSError as error: print(error.errno)`;
      const chosen = cpus[1] as number;
      const request = { language: 'python', code, engine, limits: { cpuset: `${chosen}` } };
      const result = await warder().run(request);
      // 22 is EINVAL: none of the wanted processors is in the cpuset (sched_setaffinity(2)).
      expect(result.stdout.data).toBe(`[${chosen}]\n${chosen}\n22\n`);
      const row = result.controls.find(({ control }) => control === 'cpuset');
      expect(row).toEqual({
        control: 'cpuset',
        value: `${chosen}`,
        enforcedBy: [cgroup.driver === 'v1' ? 'cgroup1' : 'cgroup2'],
      });
      expect(await leafDirectories()).toEqual([]);
    });

    test('processors that are not there are left out', async () => {
      const argv = ['grep', 'Cpus_allowed_list', '/proc/self/status'];
      const { stdout } = await warder().run({ argv, limits: { cpuset: `${cpus[0]},8191` } });
      expect(parseCpuList(stdout.data.split(':')[1] ?? '')).toEqual([cpus[0]]);
    });

    test('a list of none that is there is refused', async () => {
      const running = warder().run({ argv: ['true'], limits: { cpuset: '8191' } });
      await expect(running).rejects.toMatchObject({
        code: 'HOST_CONTROL_UNENFORCEABLE',
        details: { controls: [{ control: 'cpuset' }] },
      });
    });

    test('a run without a list has them all', async () => {
      const { stdout, controls } = await warder().run({ argv: ['nproc'], limits: { cpu: 0.5 } });
      // Those of this process, which may have been given fewer than there are (sched_setaffinity(2)).
      expect(Number(stdout.data)).toBe(availableParallelism());
      expect(controls.map(({ control }) => control)).not.toContain('cpuset');
    });
  }),
);

io('io', () =>
  withWarder((warder) => {
    let source = '';
    beforeAll(async () => {
      // On the disk; /tmp may be memory.
      source = await mkdtemp('/var/tmp/warder-io-');
      await chmod(source, 0o755);
      await writeFile(join(source, 'data'), Buffer.alloc(8 * MIB, 1), { flush: true });
    });
    afterAll(() => rm(source, { recursive: true, force: true }));

    const overrides = () => ({
      filesystem: { mounts: [{ type: 'bind' as const, source, target: '/data', readOnly: true }] },
    });
    const read = (limits: Record<string, unknown>, mib: number) =>
      warder().execute(
        { argv: ['dd', 'if=/data/data', 'of=/dev/null', 'bs=1M', `count=${mib}`, 'iflag=direct'], limits },
        { overrides: overrides(), allowWiden: true },
      );

    test('reading past the cache takes as long as the rate says, and is counted', async () => {
      const free = await read({}, 4);
      expect(free.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      const slow = await read({ io: { read: '2MiB' } }, 4);
      expect(slow.outcome).toEqual({ kind: 'exited', exitCode: 0 });
      expect(slow.usage.wallMs).toBeGreaterThan(1400);
      expect(slow.usage.wallMs).toBeGreaterThan(2 * (free.usage.wallMs ?? Number.NaN));
      expect(slow.evidence.group?.io?.readBytes).toBeGreaterThanOrEqual(4 * MIB);
      expect(slow.controls.find(({ control }) => control === 'io')?.value).toEqual([`read=${2 * MIB}`]);
    });

    test('what waits for its turn is ended without waiting for it', async () => {
      const result = await read({ wall: '500ms', io: { read: '16KiB' } }, 8);
      expect(result.outcome).toEqual({ kind: 'limit', limit: 'wall' });
      expect(result.evidence.firstCause).toBe('wall');
      expect(await leafDirectories()).toEqual([]);
    }, 20_000);
  }),
);
