import { randomBytes } from 'node:crypto';
import { isWarderError } from '#error/warder-error.ts';
import { makeGroup, openGroupFileForWriting, readGroupFile, removeGroup, writeGroupFile } from './files.ts';
import {
  type AbilityStatus,
  CGROUP_ABILITIES,
  type CgroupAbility,
  type CgroupLocation,
  type CgroupProbe,
} from './types.ts';

/** One thing to try in the probe's group: the knobs to write, or a counter to read. */
interface Trial {
  readonly parent: string | undefined;
  /** The file through which processes join. */
  readonly join: string;
  readonly writes: readonly (readonly [file: string, data: string])[];
  readonly reads: readonly string[];
  /** What has to be the parent's before anything can join, in order. */
  readonly copies?: readonly (readonly [from: string, to: string])[];
}

/**
 * Makes a leaf, writes a limit to every knob, opens the file that a process joins by, and removes the leaf again:
 * that the directory could be made proves nothing. Takes a few milliseconds and does not reject for what the host
 * refuses. `name` should carry the prefix of an owner record, so that a crash here leaves nothing unswept.
 */
export async function probeCgroups(
  location: CgroupLocation,
  name = `warder-probe-${randomBytes(6).toString('hex')}`,
): Promise<CgroupProbe> {
  if (location.driver === 'none') return { driver: 'none', abilities: refuseAll(location.why) };
  const trials = location.driver === 'v1' ? v1Trials(location.hierarchies) : v2Trials(location.dir);
  const parents = [...new Set(Object.values(trials).flatMap((trial) => trial.parent ?? []))];
  const groups = new Map(
    await Promise.all(parents.map(async (parent) => [parent, await tryMake(parent, name)] as const)),
  );
  try {
    const entries = await Promise.all(
      CGROUP_ABILITIES.map(
        async (ability) => [ability, await attempt(ability, trials[ability], groups)] as const,
      ),
    );
    const abilities = Object.fromEntries(entries) as Record<CgroupAbility, AbilityStatus>;
    return { driver: location.driver, abilities };
  } finally {
    const made = [...groups.values()].filter((group) => typeof group === 'string');
    await Promise.allSettled(made.map(removeGroup));
  }
}

function v1Trials(
  dirs: Extract<CgroupLocation, { driver: 'v1' }>['hierarchies'],
): Record<CgroupAbility, Trial> {
  const join = 'tasks';
  const limit = ['memory.limit_in_bytes', String(PROBE_BYTES)] as const;
  return {
    memory: { parent: dirs.memory, join, writes: [limit], reads: ['memory.oom_control'] },
    // The sum may not be below the limit; the other trial writes the same value at the same time, in either order.
    swap: {
      parent: dirs.memory,
      join,
      writes: [limit, ['memory.memsw.limit_in_bytes', String(PROBE_BYTES)]],
      reads: [],
    },
    pids: { parent: dirs.pids, join, writes: [['pids.max', '16']], reads: [] },
    cpu: {
      parent: dirs.cpu,
      join,
      writes: [
        ['cpu.cfs_period_us', '100000'],
        ['cpu.cfs_quota_us', '10000'],
      ],
      reads: [],
    },
    cpuacct: { parent: dirs.cpuacct, join, writes: [], reads: ['cpuacct.usage'] },
    cpuset: { parent: dirs.cpuset, join, writes: [], reads: [], copies: V1_CPUSET },
    io: { parent: dirs.blkio, join, writes: [], reads: ['blkio.throttle.read_bps_device'] },
  };
}

const V1_CPUSET = [
  ['cpuset.mems', 'cpuset.mems'],
  ['cpuset.cpus', 'cpuset.cpus'],
] as const;

const PROBE_BYTES = 64 * 1024 ** 2;

function v2Trials(parent: string): Record<CgroupAbility, Trial> {
  const trial = (writes: Trial['writes'], reads: readonly string[] = []): Trial => {
    return { parent, join: 'cgroup.procs', writes, reads };
  };
  return {
    memory: trial(
      [
        ['memory.max', String(PROBE_BYTES)],
        ['memory.oom.group', '1'],
      ],
      ['memory.events'],
    ),
    swap: trial([['memory.swap.max', '0']]),
    pids: trial([['pids.max', '16']]),
    cpu: trial([['cpu.max', '10000 100000']]),
    cpuacct: trial([], ['cpu.stat']),
    cpuset: { ...trial([]), copies: [['cpuset.cpus.effective', 'cpuset.cpus']] },
    // A device would have to be named for a write, and the kernel built for throttling has the file.
    io: trial([], ['io.max']),
  };
}

/** The group's directory, or why it could not be made. */
async function tryMake(parent: string, name: string): Promise<string | AbilityStatus> {
  try {
    return await makeGroup(parent, name);
  } catch (error) {
    return refuse(error);
  }
}

async function attempt(
  ability: CgroupAbility,
  trial: Trial,
  groups: ReadonlyMap<string, string | AbilityStatus>,
): Promise<AbilityStatus> {
  const group = trial.parent === undefined ? undefined : groups.get(trial.parent);
  if (group === undefined) {
    return { usable: false, why: `no mounted cgroup hierarchy for ${ability} shows our group`, errno: null };
  }
  if (typeof group !== 'string') return group;
  try {
    for (const [from, to] of trial.copies ?? []) {
      await writeGroupFile(group, to, (await readGroupFile(trial.parent ?? '', from)).trim());
    }
    for (const [file, data] of trial.writes) await writeGroupFile(group, file, data);
    for (const file of trial.reads) await readGroupFile(group, file);
    await (await openGroupFileForWriting(group, trial.join)).close();
    return { usable: true };
  } catch (error) {
    return refuse(error);
  }
}

/** What the host refused is an answer; anything else is ours and goes up. */
function refuse(error: unknown): AbilityStatus {
  if (!isWarderError(error) || !('errno' in error.details)) throw error;
  return { usable: false, why: error.message, errno: error.details.errno };
}

function refuseAll(why: string): Record<CgroupAbility, AbilityStatus> {
  const entries = CGROUP_ABILITIES.map((ability) => [ability, { usable: false, why, errno: null }]);
  return Object.fromEntries(entries) as Record<CgroupAbility, AbilityStatus>;
}
