import { join } from 'node:path';
import type { Leaf } from '#cgroup/driver.ts';
import { DEFAULT_DEADLINE_MS, killMembers } from '#cgroup/kill.ts';
import { removeGroups } from '#cgroup/remove.ts';
import type { KnobWrite } from '#cgroup/setting.ts';
import { tryWrites } from '#cgroup/write-knobs.ts';
import { readV1Account } from './account.ts';
import { openV1Meter } from './meter.ts';
import type { V1Directories } from './settings.ts';

/** From here on the kernel is told to refuse forks, because killing alone has not outrun them. */
const FORK_STOP_ROUND = 3;

/** The leaf that lies at `dirs`, which exist already; `lifts` take the rates of disks away again. */
export function createV1Leaf(name: string, dirs: V1Directories, lifts: readonly KnobWrite[] = []): Leaf {
  const directories = [...new Set(Object.values(dirs))];
  const kill = async (deadlineMs = DEFAULT_DEADLINE_MS): Promise<boolean> => {
    await tryWrites(lifts);
    return killV1(dirs, directories, deadlineMs);
  };
  return {
    name,
    directories,
    // `tasks` moves the writing thread only, without the lock that makes cgroup.procs take 10 ms when it is cold.
    joinPaths: directories.map((dir) => join(dir, 'tasks')),
    attach: null,
    account: () => readV1Account(dirs),
    openMeter: () => openV1Meter(dirs),
    unthrottle: () => tryWrites([...knob(dirs.cpu, 'cpu.cfs_quota_us', '-1'), ...lifts]),
    kill,
    remove: (deadlineMs = DEFAULT_DEADLINE_MS) => removeGroups(directories, deadlineMs, kill),
  };
}

/**
 * v1 has no cgroup.kill. A fork bomb can fork faster than it is killed, so after a few rounds pids.max becomes 0.
 * Not earlier, since forks refused by that would count as if the program had met its own limit.
 */
function killV1(dirs: V1Directories, directories: readonly string[], deadlineMs: number): Promise<boolean> {
  return killMembers(directories, deadlineMs, async (round) => {
    if (round === FORK_STOP_ROUND) await tryWrites(knob(dirs.pids, 'pids.max', '0'));
  });
}

function knob(dir: string | undefined, file: string, data: string): readonly KnobWrite[] {
  return dir === undefined ? [] : [{ dir, file, data }];
}
