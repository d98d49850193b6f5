import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { detectCgroups } from '#cgroup/detect.ts';
import { openCgroupDriver } from '#cgroup/open-driver.ts';
import { probeCgroups } from '#cgroup/probe.ts';
import { claimOwnership, findStale } from '#launch/owner-record.ts';
import { sweepStale } from '#supervise/sweep.ts';
import { gate } from '../helpers/gate.ts';
import { NATIVE_PATH as nativePath } from '../helpers/native.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const location = await detectCgroups();
const driver = openCgroupDriver(location, await probeCgroups(location));
const isBuilt = existsSync(nativePath) && existsSync(fromRoot('dist/launch/owner-record.js'));
const describeSweep = gate(
  'cgroup1',
  driver !== null && isBuilt,
  isBuilt ? `no usable cgroups: ${location.driver}` : 'scripts/build has not run',
);

interface Supervisor {
  readonly process: ChildProcess;
  readonly id: string;
  readonly directories: readonly string[];
  readonly pid: number;
}

let runtimeDir = '';
let supervisors: Supervisor[] = [];

beforeEach(async () => {
  runtimeDir = await mkdtemp(join(tmpdir(), 'warder-test-'));
  supervisors = [];
});

afterEach(async () => {
  await Promise.all(supervisors.map(killSupervisor));
  await sweepStale(await findStale({ runtimeDir, nativePath }));
  await rm(runtimeDir, { recursive: true });
  // Should it be the sweep that is broken, its failure is enough: nothing of it outlives the test.
  for (const { pid } of supervisors) if (await isAlive(pid)) process.kill(pid, 'SIGKILL');
});

async function startSupervisor(): Promise<Supervisor> {
  const child = spawn(process.execPath, [fromRoot('test/fixtures/supervisor.mjs'), runtimeDir, nativePath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const supervisor = { process: child, ...JSON.parse(String(line)) } as Supervisor;
  supervisors.push(supervisor);
  return supervisor;
}

async function killSupervisor({ process: child }: Supervisor): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A killed orphan stays a zombie where process 1 does not reap, as in some containers; that is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return /^State:\s+[^ZX\s]/m.test(status);
}

async function expectUntouched(supervisor: Supervisor): Promise<void> {
  for (const dir of supervisor.directories) await access(dir);
  expect(await isAlive(supervisor.pid)).toBe(true);
  expect(await readdir(join(runtimeDir, 'owners'))).toContain(`${supervisor.id}.json`);
}

async function expectSwept(supervisor: Supervisor): Promise<void> {
  for (const dir of supervisor.directories)
    await expect(access(dir)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect.poll(() => isAlive(supervisor.pid)).toBe(false);
  expect(await readdir(join(runtimeDir, 'owners'))).not.toContain(`${supervisor.id}.json`);
}

describeSweep('sweep', () => {
  test('after a SIGKILL of one of two supervisors, only its leaf, process and record go', async () => {
    const [dead, living] = await Promise.all([startSupervisor(), startSupervisor()]);
    expect(await sweepStale(await findStale({ runtimeDir, nativePath }))).toEqual({
      records: 0,
      leaves: 0,
      failed: [],
    });
    await Promise.all([expectUntouched(dead), expectUntouched(living)]);
    await killSupervisor(dead);
    await expectUntouched(dead);
    const result = await sweepStale(await findStale({ runtimeDir, nativePath }));
    expect(result).toEqual({ records: 1, leaves: dead.directories.length, failed: [] });
    await expectSwept(dead);
    await expectUntouched(living);
  });

  test('a supervisor that starts sweeps in the same pass as it claims', async () => {
    const dead = await startSupervisor();
    await killSupervisor(dead);
    const owner = await claimOwnership({ runtimeDir, nativePath, leafParents: driver?.parents ?? [] });
    expect(await sweepStale(owner.stale)).toMatchObject({ records: 1, failed: [] });
    await expectSwept(dead);
    expect(await readdir(join(runtimeDir, 'owners'))).toEqual([`${owner.record.id}.json`]);
    await owner.release();
  });

  test('two sweeps at once do not get in the way of each other', async () => {
    const dead = await startSupervisor();
    await killSupervisor(dead);
    const sweep = async () => sweepStale(await findStale({ runtimeDir, nativePath }));
    const results = await Promise.all([sweep(), sweep(), sweep()]);
    expect(results.flatMap(({ failed }) => failed)).toEqual([]);
    expect(results.reduce((sum, { leaves }) => sum + leaves, 0)).toBe(dead.directories.length);
    await expectSwept(dead);
  });
});
