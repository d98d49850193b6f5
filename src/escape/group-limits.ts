/** What the kernel limits the group of a process to, read from outside in the files of that group. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CgroupMount, directoryOf, parseMountinfo, parseProcCgroup } from '#internal.ts';

export const GROUP_LIMITS = ['memory', 'swap', 'pids', 'cpu'] as const;
export type GroupLimit = (typeof GROUP_LIMITS)[number];

export interface HeldLimit {
  readonly limit: GroupLimit;
  /** Path of the group in its hierarchy, as in /proc/PID/cgroup. */
  readonly group: string;
  /** Name of the file, and what it says. */
  readonly file: string;
  readonly value: string;
  readonly isSet: boolean;
}

/** cgroup-v2.rst of the kernel; its cgroup-v1/memory.rst and scheduler/sched-bwc.rst. */
const FILES: Readonly<Record<CgroupMount['version'], Readonly<Record<GroupLimit, string>>>> = {
  v1: {
    memory: 'memory.limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
    pids: 'pids.max',
    cpu: 'cpu.cfs_quota_us',
  },
  v2: { memory: 'memory.max', swap: 'memory.swap.max', pids: 'pids.max', cpu: 'cpu.max' },
};

/** v1 writes "no limit" as the highest multiple of a page that fits (PAGE_COUNTER_MAX), and -1 for processor time. */
const UNLIMITED_BYTES = 2n ** 62n;

interface GroupPlace {
  readonly dir: string;
  readonly group: string;
  readonly version: 'v1' | 'v2';
}

/** The groups of a process and their directories; none once the process is gone. */
async function placesOf(pid: number): Promise<readonly GroupPlace[]> {
  const [groups, mountinfo] = await Promise.all([
    readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => ''),
    readFile('/proc/self/mountinfo', 'utf8'),
  ]);
  return parseProcCgroup(groups).flatMap(({ controllers, path }) =>
    parseMountinfo(mountinfo).flatMap((mount) => {
      const dir = isOf(mount, controllers) ? directoryOf(mount, path) : null;
      return dir === null ? [] : [{ dir, group: path, version: mount.version }];
    }),
  );
}

/** Directories of the groups that the process is in and this one is not; none once it is gone. */
export async function groupsOf(pid: number): Promise<readonly string[]> {
  const [places, own] = await Promise.all([placesOf(pid), placesOf(process.pid)]);
  return places.map(({ dir }) => dir).filter((dir) => !own.some((one) => one.dir === dir));
}

/** Whichever of these groups are still there. */
export async function groupsLeft(directories: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(
    directories.map((dir) =>
      access(dir).then(
        () => true,
        () => false,
      ),
    ),
  );
  return directories.filter((_, index) => there[index]);
}

/** The limits that a group of the process has a file for; none once the process is gone. */
export async function groupLimitsOf(pid: number): Promise<readonly HeldLimit[]> {
  const places = await placesOf(pid);
  const found = await Promise.all(
    GROUP_LIMITS.flatMap((limit) => places.map((place) => readLimit(limit, place))),
  );
  return found.filter((one) => one !== null);
}

/** The options of a v1 mount are its controllers and others. */
function isOf(mount: CgroupMount, controllers: readonly string[]): boolean {
  if (controllers.length === 0) return mount.version === 'v2';
  return controllers.every((name) => mount.controllers.includes(name));
}

async function readLimit(limit: GroupLimit, { dir, group, version }: GroupPlace): Promise<HeldLimit | null> {
  const file = FILES[version][limit];
  const value = (await readFile(join(dir, file), 'utf8').catch(() => '')).trim();
  return value === '' ? null : { limit, group, file, value, isSet: isSet(value) };
}

function isSet(value: string): boolean {
  const [amount = ''] = value.split(' ');
  return /^\d+$/.test(amount) && BigInt(amount) < UNLIMITED_BYTES;
}
