import { join } from 'node:path';
import type { Leaf, MoveIntoGroup } from '#cgroup/driver.ts';
import { readGroupFile, readGroupFileIfPresent, watchGroupFile, writeGroupFile } from '#cgroup/files.ts';
import { createBackoff, DEFAULT_DEADLINE_MS, killMembers } from '#cgroup/kill.ts';
import { parseKeyed, parsePids } from '#cgroup/parse.ts';
import { removeGroups } from '#cgroup/remove.ts';
import type { KnobWrite } from '#cgroup/setting.ts';
import { tryWrites } from '#cgroup/write-knobs.ts';
import { errnoOf, isWarderError, WarderError } from '#error/warder-error.ts';
import { readV2Account } from './account.ts';
import { openV2Meter } from './meter.ts';

interface V2LeafOptions {
  /** Given where a process may not move itself into the leaf. */
  readonly move?: MoveIntoGroup | null;
  /** What takes the rates of disks away again. */
  readonly lifts?: readonly KnobWrite[];
}

/** The leaf at `dir`, which exists already. */
export function createV2Leaf(
  name: string,
  dir: string,
  { move = null, lifts = [] }: V2LeafOptions = {},
): Leaf {
  const kill = async (deadlineMs = DEFAULT_DEADLINE_MS): Promise<boolean> => {
    await tryWrites(lifts);
    return killV2(dir, deadlineMs);
  };
  return {
    name,
    directories: [dir],
    joinPaths: move === null ? [join(dir, 'cgroup.procs')] : [],
    attach: move && ((pid) => attach(move, pid, name, dir)),
    account: () => readV2Account(dir),
    openMeter: () => openV2Meter(dir),
    unthrottle: () => tryWrites([{ dir, file: 'cpu.max', data: 'max' }, ...lifts]),
    kill,
    remove: (deadlineMs = DEFAULT_DEADLINE_MS) => removeGroups([dir], deadlineMs, kill),
  };
}

/** What systemd says is believed only when the kernel says the same: the process is about to become a launcher. */
async function attach(move: MoveIntoGroup, pid: number, name: string, dir: string): Promise<void> {
  const refusal = await move(pid, name);
  const members = refusal === null ? parsePids(await readGroupFile(dir, 'cgroup.procs')) : [];
  if (members.includes(pid)) return;
  const why = refusal ?? 'it is not there';
  const path = join(dir, 'cgroup.procs');
  throw new WarderError('CGROUP_WRITE_FAILED', `process ${pid} was not moved into ${dir}: ${why}`, {
    details: { path, data: String(pid), errno: why },
  });
}

/** One write kills the whole subtree, forks under way included; the file exists since Linux 5.14. */
async function killV2(dir: string, deadlineMs: number): Promise<boolean> {
  try {
    await writeGroupFile(dir, 'cgroup.kill', '1');
  } catch (error) {
    if (!isWarderError(error) || errnoOf(error.cause) !== 'ENOENT') throw error;
    return killMembers([dir], deadlineMs);
  }
  return waitUntilEmpty(dir, deadlineMs);
}

/** The kernel tells of every change of cgroup.events (cgroup-v2.rst, "populated"); the pauses are for what is missed. */
async function waitUntilEmpty(dir: string, deadlineMs: number): Promise<boolean> {
  const pause = createBackoff(deadlineMs);
  const watch = watchGroupFile(dir, 'cgroup.events');
  try {
    do {
      const populated = parseKeyed(await readGroupFileIfPresent(dir, 'cgroup.events'), 'populated');
      // Zero is what the kernel says of an empty subtree; null is a group that has been removed.
      if (populated === 0 || populated === null) return true;
    } while (await Promise.race([watch.changed(), pause()]));
    return false;
  } finally {
    watch.close();
  }
}
