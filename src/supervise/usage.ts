import type { CgroupUsage } from '#cgroup/types.ts';
import type { ProgramExit, ProgramTotals } from '#launch/protocol.ts';
import type { Control } from '#result/control.ts';
import type { Outcome } from '#result/outcome.ts';
import type { Evidence, Usage, UsageField, UsageSource } from '#result/run-result.ts';
import type { CgroupAccount } from '#util/cgroup-account.ts';

/** What was read of a run; null where there was nothing to read from. */
export interface UsageReadings {
  readonly driver: 'v1' | 'v2' | null;
  /** The leaf at `ready`: launcher and init only. */
  readonly baseline: CgroupUsage | null;
  readonly final: CgroupUsage | null;
  /** Whether the memory high-water mark was started anew at `ready`. */
  readonly peakReset: boolean;
  readonly exit: ProgramExit | null;
  readonly totals: ProgramTotals | null;
  /** Largest sum of resident memory that was sampled, where there is no cgroup. */
  readonly sampledMemoryBytes: number | null;
  /** Highest memory of the leaf that was seen, where the kernel keeps no mark. */
  readonly sampledGroupBytes: number | null;
  readonly account: CgroupAccount | null;
  /** From `started` to the launcher's end, by our clock; null when nothing was started. */
  readonly supervisedMs: number | null;
}

/** Launcher and init, which stay in the leaf during the run. */
const OUR_TASKS = 2;

/** CPU time of the program's whole tree, microseconds: the leaf's, less what was ours. */
export function programCpuUs(readings: UsageReadings): number | null {
  const { baseline, final, totals } = readings;
  if (baseline?.cpuTotalUs == null || final?.cpuTotalUs == null) {
    return totals ? totals.cpuUserUs + totals.cpuSystemUs : null;
  }
  return Math.max(0, final.cpuTotalUs - baseline.cpuTotalUs - (totals?.initCpuUs ?? 0));
}

type Measured = readonly [value: number, source: UsageSource] | null;

export function computeUsage(readings: UsageReadings): Usage {
  const [cpuUser, cpuSystem] = cpuSplit(readings);
  const measured: Record<UsageField, Measured> = {
    wallMs: wall(readings),
    cpuUserMs: cpuUser,
    cpuSystemMs: cpuSystem,
    memoryPeakBytes: memoryPeak(readings),
    pidsPeak: pidsPeak(readings),
  };
  const fields = Object.entries(measured) as [UsageField, Measured][];
  const values = Object.fromEntries(fields.map(([field, value]) => [field, value?.[0] ?? null]));
  const sources = Object.fromEntries(fields.flatMap(([field, value]) => (value ? [[field, value[1]]] : [])));
  return { ...(values as Record<UsageField, number | null>), sources };
}

const cgroupSource = (driver: 'v1' | 'v2' | null): UsageSource => (driver === 'v1' ? 'cgroup1' : 'cgroup2');

/**
 * The total is the leaf's, exact to the microsecond. Its own split into user and system time is sampled by the tick
 * on v1, so the ratio is taken from rusage, which the kernel scales to the precise sum (getrusage(2)).
 */
function cpuSplit(readings: UsageReadings): [Measured, Measured] {
  const totalUs = programCpuUs(readings);
  const { totals } = readings;
  if (totalUs === null) return [null, null];
  if (!totals) return groupSplit(totalUs, readings);
  const reaped = totals.cpuUserUs + totals.cpuSystemUs;
  const userUs = reaped === 0 ? 0 : (totalUs * totals.cpuUserUs) / reaped;
  const source = readings.final?.cpuTotalUs == null ? 'rusage' : cgroupSource(readings.driver);
  return [
    [userUs / 1000, source],
    [(totalUs - userUs) / 1000, source],
  ];
}

/** init was killed together with the program (memory.oom.group), so the ratio is that of the whole leaf. */
function groupSplit(totalUs: number, { account, driver }: UsageReadings): [Measured, Measured] {
  const { userUs, systemUs } = account?.cpu ?? {};
  if (userUs == null || systemUs == null) return [null, null];
  const programUserUs = userUs + systemUs === 0 ? 0 : (totalUs * userUs) / (userUs + systemUs);
  const source = cgroupSource(driver);
  return [
    [programUserUs / 1000, source],
    [(totalUs - programUserUs) / 1000, source],
  ];
}

/** init's clock; where init was killed as well, ours, which counts the launcher's end too. */
function wall({ exit, supervisedMs }: UsageReadings): Measured {
  if (exit) return [exit.elapsedMs, 'init'];
  return supervisedMs === null ? null : [supervisedMs, 'supervisor'];
}

function memoryPeak({
  baseline,
  final,
  peakReset,
  driver,
  exit,
  sampledMemoryBytes,
  sampledGroupBytes,
}: UsageReadings): Measured {
  if (final?.memoryPeakBytes != null) {
    const ours = peakReset ? (baseline?.memoryCurrentBytes ?? 0) : 0;
    return [Math.max(0, final.memoryPeakBytes - ours), cgroupSource(driver)];
  }
  if (sampledGroupBytes !== null) {
    return [Math.max(0, sampledGroupBytes - (baseline?.memoryCurrentBytes ?? 0)), 'sampled'];
  }
  if (sampledMemoryBytes !== null && sampledMemoryBytes > (exit?.maxRssBytes ?? 0)) {
    return [sampledMemoryBytes, 'pidusage'];
  }
  return exit ? [exit.maxRssBytes, 'rusage'] : null;
}

/** Set-up takes three tasks for a moment, as many as launcher, init and the main process: it never overstates. */
function pidsPeak({ final, driver }: UsageReadings): Measured {
  if (final?.pidsPeak == null) return null;
  return [Math.max(1, final.pidsPeak - OUR_TASKS), cgroupSource(driver)];
}

/** Controls that were reached, fatal or not, in the order of the policy. */
export function limitsHit(
  outcome: Outcome,
  evidence: Evidence,
  cut: { readonly stdout: boolean; readonly stderr: boolean },
  cpuTimeMs: number | null,
): Control[] {
  const overCpu =
    cpuTimeMs !== null && evidence.cpuTotalUs !== null && evidence.cpuTotalUs > cpuTimeMs * 1000;
  const hits: readonly (readonly [Control, boolean])[] = [
    ['wall', outcome.kind === 'limit' && outcome.limit === 'wall'],
    ['cpuTime', evidence.firstCause === 'cpuTime' || overCpu],
    ['memory', (evidence.memoryEvents?.oomKill ?? 0) > 0],
    ['pids', (evidence.pidsEvents?.max ?? 0) > 0],
    ['stdout', cut.stdout],
    ['stderr', cut.stderr],
  ];
  return hits.filter(([, reached]) => reached).map(([control]) => control);
}
