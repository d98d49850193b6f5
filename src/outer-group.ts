/**
 * A group around every run of the escape suite when it tries what could harm the host: should a limit of a run not hold,
 * this one does. On v1 it is this process that is in it, since leaves are made below its own group; on v2, where a group
 * with limits for others can hold no process, leaves are made in it.
 */
import { randomBytes } from 'node:crypto';
import { detectCgroups } from '#cgroup/detect.ts';
import { makeGroup, readGroupFileIfPresent, removeGroup, writeGroupFile } from '#cgroup/files.ts';
import { type CgroupOptions, findPlace } from '#host/cgroup/place.ts';

export interface OuterGroup {
  /** For `cgroup.parent`; null where whatever this process makes is inside already. */
  readonly parent: string | null;
  /** Best called when no run is left. @throws WarderError CGROUP_* */
  close(): Promise<void>;
}

export interface OuterLimits {
  readonly memoryBytes: number;
  /** Tasks. */
  readonly pids: number;
}

/**
 * @returns null on a host where there can be none: without cgroups, or where systemd has to move each launcher, which it
 * does into units of its own only. @throws WarderError CGROUP_*, HOST_*
 */
export async function openOuterGroup(
  limits: OuterLimits,
  env: Readonly<Record<string, string | undefined>>,
  options: Partial<CgroupOptions>,
): Promise<OuterGroup | null> {
  const id = randomBytes(8).toString('hex');
  const location = await detectCgroups();
  if (location.driver === 'none') return null;
  const name = `warder-escape-${id}`;
  if (location.driver === 'v1') return openV1(location.hierarchies, name, limits);
  const uid = process.geteuid?.() ?? -1;
  const { parent = null, moveSelf = false } = options;
  const place = await findPlace(location, { id, uid, env, options: { parent, moveSelf } });
  await place.scope?.close();
  if (place.location.driver !== 'v2' || place.scope !== null) return null;
  const dir = await makeGroup(place.location.dir, name);
  await writeGroupFile(dir, 'memory.max', String(limits.memoryBytes));
  await writeGroupFile(dir, 'pids.max', String(limits.pids));
  return { parent: dir, close: async () => void (await removeGroup(dir)) };
}

async function openV1(
  hierarchies: Readonly<Partial<Record<'memory' | 'pids', string>>>,
  name: string,
  limits: OuterLimits,
): Promise<OuterGroup | null> {
  const { memory, pids } = hierarchies;
  if (memory === undefined || pids === undefined) return null;
  const parents = [...new Set([memory, pids])];
  const groups = await Promise.all(parents.map((parent) => makeGroup(parent, name)));
  const [memoryDir = '', pidsDir = memoryDir] = groups;
  // Without it what a child group holds does not count here (cgroup-v1/memory.rst, 6); since 5.11 it is always on.
  if ((await readGroupFileIfPresent(memoryDir, 'memory.use_hierarchy'))?.trim() === '0')
    await writeGroupFile(memoryDir, 'memory.use_hierarchy', '1');
  await writeGroupFile(memoryDir, 'memory.limit_in_bytes', String(limits.memoryBytes));
  await writeGroupFile(pidsDir, 'pids.max', String(limits.pids));
  const move = async (dirs: readonly string[]): Promise<void> => {
    for (const dir of dirs) await writeGroupFile(dir, 'cgroup.procs', String(process.pid));
  };
  await move(groups);
  const close = async (): Promise<void> => {
    await move(parents);
    for (const group of groups) await removeGroup(group);
  };
  return { parent: null, close };
}
