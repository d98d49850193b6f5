import { formatCpuList, parseCpuList } from '#util/cpu-list.ts';
import { formatDurationMs, formatSizeBytes, parseDurationMs, parseSizeBytes } from '#util/units.ts';
import type { Entries, Leaf } from './flatten.ts';
import type { Limit } from './types.ts';

export type LimitUnit = 'duration' | 'size' | 'cores' | 'count';

/** Every limit that is an amount, by its path below `limits`, `compile.limits` and `ceilings`. */
export const LIMIT_UNITS: Readonly<Record<string, LimitUnit>> = {
  wall: 'duration',
  cpuTime: 'duration',
  cpu: 'cores',
  'io.read': 'size',
  'io.write': 'size',
  'io.readOps': 'count',
  'io.writeOps': 'count',
  memory: 'size',
  swap: 'size',
  pids: 'count',
  'stdout.size': 'size',
  'stderr.size': 'size',
  fileSize: 'size',
  openFiles: 'count',
  stack: 'size',
  core: 'size',
  'workspace.size': 'size',
  'workspace.inodes': 'count',
  'tmp.size': 'size',
  'tmp.inodes': 'count',
  'shm.size': 'size',
  'shm.inodes': 'count',
};

/** What bounds the files that come out of a run, by its path below `artifacts`. */
export const ARTIFACT_UNITS: Readonly<Record<string, LimitUnit>> = {
  count: 'count',
  size: 'size',
  total: 'size',
  depth: 'count',
};

/** The unit of the limit or ceiling at a full path; `undefined` when the path is something else. */
export function limitUnitAt(path: string): LimitUnit | undefined {
  const field = /^(?:languages\.[^.]+\.)?(?:compile\.limits|limits|ceilings)\.(.+)$/.exec(path)?.[1];
  if (field !== undefined) return LIMIT_UNITS[field];
  const artifact = /^(?:languages\.[^.]+\.)?artifacts\.(.+)$/.exec(path)?.[1];
  return artifact === undefined ? undefined : ARTIFACT_UNITS[artifact];
}

/** A validated limit in base units (ms, bytes, cores, count); `null` means unlimited. */
export function parseLimit(unit: LimitUnit, leaf: Leaf): Limit {
  if (typeof leaf === 'number') return leaf;
  const parse = unit === 'duration' ? parseDurationMs : parseSizeBytes;
  return parse(String(leaf)) ?? null;
}

/** The canonical text of a limit: the largest unit that is exact. */
function formatLimit(unit: LimitUnit, value: Limit): string {
  if (value === null) return 'unlimited';
  switch (unit) {
    case 'duration':
      return formatDurationMs(value);
    case 'size':
      return formatSizeBytes(value);
    case 'cores':
    case 'count':
      return String(value);
  }
}

/** Two spellings of one value become one: limits in base units (`unlimited` as null), everything else as it is. */
export function baseLeaf(path: string, leaf: Leaf): Leaf | null {
  const unit = limitUnitAt(path);
  if (unit !== undefined) return parseLimit(unit, leaf);
  if (!isCpusetPath(path)) return leaf;
  const cpus = parseCpus(leaf);
  return cpus === null ? null : formatCpuList(cpus);
}

/** Whether a path holds a list of processors. */
function isCpusetPath(path: string): boolean {
  return /^(?:languages\.[^.]+\.)?(?:compile\.)?limits\.cpuset$/.test(path);
}

/** The processors of a validated list; `null` means any. */
export function parseCpus(leaf: Leaf | undefined): readonly number[] | null {
  return leaf === undefined ? null : (parseCpuList(String(leaf)) ?? null);
}

/** A value for people: limits in their canonical text, lists and mounts in flow style. */
export function humanLeaf(path: string, leaf: Leaf): string {
  const unit = limitUnitAt(path);
  if (unit !== undefined) return formatLimit(unit, parseLimit(unit, leaf));
  return Array.isArray(leaf) ? `[${leaf.map(humanItem).join(', ')}]` : String(leaf);
}

/** What applies at a path: the compile phase takes from `limits` what it does not set itself. */
export function effectiveLeaf(entries: Entries, path: string): Leaf | undefined {
  return entries.get(path)?.value ?? entries.get(path.replace(/^compile\./, ''))?.value;
}

function humanItem(item: unknown): string {
  return typeof item === 'string' ? item : JSON.stringify(item);
}
