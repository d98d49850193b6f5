/**
 * A group around every run of the escape suite when it tries what could harm the host: should a limit of a run not hold,
 * this one does. On v1 it is this process that is in it, since leaves are made below its own group; on v2, where a group
 * with limits for others can hold no process, leaves are made in it. A record of its owner leads `warder gc` and the next start
 * to it when this process is killed.
 */
import { randomBytes } from 'node:crypto';
import { detectCgroups } from '#cgroup/detect.ts';
import { makeGroup, readGroupFileIfPresent, writeGroupFile } from '#cgroup/files.ts';
import { removeGroups } from '#cgroup/remove.ts';
import { type CgroupOptions, findPlace } from '#host/cgroup/place.ts';
import { nativePath as findNative } from '#launch/native.ts';
import { claimOwnership } from '#launch/owner-record.ts';
import { ensureRuntimeDir, resolveRuntimeDir } from '#launch/runtime-dir.ts';
import { sweepStale } from '#supervise/sweep.ts';

/** Network namespaces of what was in it go one after the other. */
const REMOVE_DEADLINE_MS = 10_000;

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
 * @returns null on a host where there can be none: without cgroups, or where systemd has to move each launcher of an ordinary
 * user, which it does into units of its own only. @throws WarderError CGROUP_*, HOST_*
 */
export async function openOuterGroup(
  limits: OuterLimits,
  env: Readonly<Record<string, string | undefined>>,
  options: Partial<CgroupOptions>,
): Promise<OuterGroup | null> {
  const id = randomBytes(8).toString('hex');
  const location = await detectCgroups();
  if (location.driver === 'none') return null;
  const claim = (parents: readonly string[]): Promise<Claim> => claimName(env, id, parents);
  if (location.driver === 'v1') return openV1(location.hierarchies, claim, limits);
  const uid = process.geteuid?.() ?? -1;
  const { parent = null, moveSelf = false } = options;
  const place = await findPlace(location, { id, uid, env, options: { parent, moveSelf } });
  const { scope } = place;
  // An ordinary user's launchers have to be moved by systemd, into units of its own only; root's are not.
  if (place.location.driver !== 'v2' || (scope !== null && uid !== 0)) {
    await scope?.close();
    return null;
  }
  const { dir } = place.location;
  try {
    const group = await openV2(dir, claim, limits);
    return { ...group, close: () => group.close().finally(() => scope?.close()) };
  } catch (error) {
    await scope?.close();
    throw error;
  }
}

/** What is left of a run whose own group could not be removed goes too, or the record stays and the next sweep sees to it. */
function removeAll(groups: readonly string[]): Promise<void> {
  return removeGroups(groups, REMOVE_DEADLINE_MS, async () => {});
}

/** A name for a group that the next sweep removes when nobody holds it any more. */
interface Claim {
  readonly name: string;
  /** @param remove takes the groups away */
  release(remove: () => Promise<void>): Promise<void>;
}

type ClaimIn = (parents: readonly string[]) => Promise<Claim>;

async function claimName(
  env: Readonly<Record<string, string | undefined>>,
  id: string,
  leafParents: readonly string[],
): Promise<Claim> {
  const uid = process.geteuid?.() ?? -1;
  const runtimeDir = await ensureRuntimeDir(resolveRuntimeDir({ uid, env }), uid);
  const owned = await claimOwnership({
    runtimeDir,
    nativePath: findNative(),
    leafParents,
    id: `escape-${id}`,
  });
  await sweepStale(owned.stale);
  return {
    name: `${owned.record.leafPrefix}0`,
    release: async (remove) => {
      try {
        await remove();
      } catch (error) {
        await owned.abandon();
        throw error;
      }
      await owned.release();
    },
  };
}

async function openV2(parent: string, claim: ClaimIn, limits: OuterLimits): Promise<OuterGroup> {
  const { name, release } = await claim([parent]);
  const dir = await makeGroup(parent, name);
  const close = (): Promise<void> => release(() => removeAll([dir]));
  try {
    await writeGroupFile(dir, 'memory.max', String(limits.memoryBytes));
    await writeGroupFile(dir, 'pids.max', String(limits.pids));
    return { parent: dir, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openV1(
  hierarchies: Readonly<Partial<Record<'memory' | 'pids', string>>>,
  claim: ClaimIn,
  limits: OuterLimits,
): Promise<OuterGroup | null> {
  const { memory, pids } = hierarchies;
  if (memory === undefined || pids === undefined) return null;
  const parents = [...new Set([memory, pids])];
  const { name, release } = await claim(parents);
  const groups = await Promise.all(parents.map((parent) => makeGroup(parent, name)));
  const [memoryDir = '', pidsDir = memoryDir] = groups;
  const move = async (dirs: readonly string[]): Promise<void> => {
    for (const dir of dirs) await writeGroupFile(dir, 'cgroup.procs', String(process.pid));
  };
  const close = (): Promise<void> =>
    release(async () => {
      await move(parents);
      await removeAll(groups);
    });
  try {
    // Without it what a child group holds does not count here (cgroup-v1/memory.rst, 6); since 5.11 it is always on.
    if ((await readGroupFileIfPresent(memoryDir, 'memory.use_hierarchy'))?.trim() === '0')
      await writeGroupFile(memoryDir, 'memory.use_hierarchy', '1');
    await writeGroupFile(memoryDir, 'memory.limit_in_bytes', String(limits.memoryBytes));
    await writeGroupFile(pidsDir, 'pids.max', String(limits.pids));
    await move(groups);
    return { parent: null, close };
  } catch (error) {
    await close();
    throw error;
  }
}
