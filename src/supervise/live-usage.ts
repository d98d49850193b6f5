import type { LeafMeter } from '#cgroup/driver.ts';
import type { CgroupUsage } from '#cgroup/types.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import type { TreeSample } from './sample.ts';

const INTERVAL_MS = 1000;
/** Launcher and init. */
const OUR_TASKS = 2;

/** Where the figures of a running program come from. */
export interface UsageReader {
  /** The leaf's; null where there is none. */
  readonly meter: LeafMeter | null;
  readonly driver: 'v1' | 'v2' | null;
  /** The leaf before the program started, which is ours. */
  readonly baseline: CgroupUsage | null;
  /** The last look at the processes, where there is no leaf. */
  readonly sampled: () => TreeSample | null;
  /** `performance.now()` at the program's first instruction. */
  readonly startedAt: number;
}

/** Tells once a second what the program has used since it started; returns the way to stop. */
export function tellUsage(reader: UsageReader, onUsage: (usage: LiveUsage) => void): () => Promise<void> {
  let telling: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    const usage = await readLiveUsage(reader);
    if (usage !== null) onUsage(usage);
  };
  const timer = setInterval(() => {
    // Neither a leaf that is on its way out nor a listener that throws may touch the run.
    telling ??= tell()
      .catch(() => {})
      .finally(() => {
        telling = undefined;
      });
  }, INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await telling;
  };
}

/** One look; null where nobody counts. @throws WarderError CGROUP_READ_FAILED */
export async function readLiveUsage(reader: UsageReader): Promise<LiveUsage | null> {
  const { meter, driver, baseline, sampled, startedAt } = reader;
  const elapsedMs = performance.now() - startedAt;
  if (meter === null) {
    const sample = sampled();
    const untold = { memoryPeakBytes: null, pids: null, pidsPeak: null, io: null };
    return sample && { elapsedMs, ...sample, ...untold, source: 'pidusage' };
  }
  const [now, { pids, io }] = await Promise.all([meter.usage(), meter.present()]);
  const cpuUs = less(now.cpuTotalUs, baseline?.cpuTotalUs);
  return {
    elapsedMs,
    cpuMs: cpuUs === null ? null : cpuUs / 1000,
    memoryBytes: less(now.memoryCurrentBytes, baseline?.memoryCurrentBytes),
    memoryPeakBytes: now.memoryPeakBytes,
    pids: less(pids, OUR_TASKS),
    pidsPeak: less(now.pidsPeak, OUR_TASKS),
    io,
    source: driver === 'v1' ? 'cgroup1' : 'cgroup2',
  };
}

function less(value: number | null, ours: number | null | undefined): number | null {
  return value === null ? null : Math.max(0, value - (ours ?? 0));
}
