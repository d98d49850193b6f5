/**
 * A policy may give less time, memory or descriptors than an attack on something else needs to show anything: under a
 * wall-clock limit of a second the neighbour of an attacker would be gone before it was attacked. Runs of the suite get
 * this much, unless the attack itself asks for less. Each limit stays set, and those of the attacks on limits are their own.
 */
import type { RunRequest } from '#index.ts';
import { type JailPlan, type PlanTransform, type ProgramPlan, parseDurationMs } from '#internal.ts';
import type { Facts } from './types.ts';

const WALL_MS = 10_000;
const CPU_TIME_MS = 10_000;
const MEMORY_BYTES = 256 * 1024 ** 2;
const OPEN_FILES = 64;
const FILE_BYTES = 10 * 1024 ** 2;
const OUTPUT_BYTES = 256 * 1024;
/** Tasks, those of launcher and init included; a program that may have no child stays alone. */
const PIDS = 34;
/** What init's deadline and the launcher's are later than the wall-clock limit, at the least. */
const GRACE_MS = 5000;

type Limits = NonNullable<RunRequest['limits']>;
type Group = NonNullable<JailPlan['cgroup']>;

/** What is asked of warder, and how its plans are changed then. */
export interface Roomy {
  readonly request: RunRequest;
  readonly transform: PlanTransform;
}

export function withRoom({ policy }: Facts, request: RunRequest): Roomy {
  const { limits: { wall, ...others } = {} } = request;
  if (typeof wall !== 'string') return { request, transform: room(WALL_MS, others, policy.children) };
  const asked = parseDurationMs(wall) ?? Number.POSITIVE_INFINITY;
  const own = policy.supervised?.wallMs ?? Number.POSITIVE_INFINITY;
  if (asked <= own || asked > WALL_MS) return { request, transform: room(0, others, policy.children) };
  // It would be refused, as every request for more than the policy gives.
  return { request: { ...request, limits: others }, transform: room(asked, others, policy.children) };
}

function room(wallMs: number, limits: Limits, children: boolean): PlanTransform {
  return {
    jail: (jail) => ({
      ...jail,
      launcherDeadlineMs: atLeast(jail.launcherDeadlineMs, later(wallMs, 2)),
      cgroup: jail.cgroup && roomyGroup(jail.cgroup, limits, children),
    }),
    program: ({ spec, supervision }) => ({
      spec: {
        ...spec,
        backstopMs: atLeast(spec.backstopMs, later(wallMs, 1)),
        rlimits: spec.rlimits.map((limit) => roomyRlimit(limit, limits)),
      },
      supervision: roomySupervision(supervision, wallMs, limits),
    }),
  };
}

/** What follows from a wall-clock limit; nothing from one that the attack asked for. */
function later(wallMs: number, graces: number): number {
  return wallMs === 0 ? 0 : wallMs + graces * GRACE_MS;
}

/** null is no limit, and stays so. */
function atLeast(value: number | null, least: number): number | null {
  return value === null ? null : Math.max(value, least);
}

function roomyGroup(group: Group, limits: Limits, children: boolean): Group {
  const { memoryBytes, pidsMax } = group;
  return {
    ...group,
    memoryBytes: limits.memory === undefined ? atLeast(memoryBytes, MEMORY_BYTES) : memoryBytes,
    pidsMax: limits.pids === undefined && children ? atLeast(pidsMax, PIDS) : pidsMax,
  };
}

type Rlimit = ProgramPlan['spec']['rlimits'][number];

function roomyRlimit(limit: Rlimit, limits: Limits): Rlimit {
  const least = leastOf(limit.name, limits);
  return { ...limit, soft: atLeast(limit.soft, least), hard: atLeast(limit.hard, least) };
}

/** Seconds, descriptors and bytes, as setrlimit(2) has them. */
function leastOf(name: string, limits: Limits): number {
  if (name === 'cpu' && limits.cpuTime === undefined) return CPU_TIME_MS / 1000 + 1;
  if (name === 'nofile' && limits.openFiles === undefined) return OPEN_FILES;
  if (name === 'fsize' && limits.fileSize === undefined) return FILE_BYTES;
  return 0;
}

type Supervision = ProgramPlan['supervision'];

function roomySupervision(plan: Supervision, wallMs: number, limits: Limits): Supervision {
  const { stdout, stderr } = plan;
  const least = (given: unknown, bytes: number | null): number | null =>
    given === undefined ? atLeast(bytes, OUTPUT_BYTES) : bytes;
  return {
    ...plan,
    wallMs: atLeast(plan.wallMs, wallMs),
    cpuTimeMs: limits.cpuTime === undefined ? atLeast(plan.cpuTimeMs, CPU_TIME_MS) : plan.cpuTimeMs,
    stdout: { ...stdout, sizeBytes: least(limits.stdout, stdout.sizeBytes) },
    stderr: { ...stderr, sizeBytes: least(limits.stderr, stderr.sizeBytes) },
  };
}
