import type { LeafMeter } from '#cgroup/driver.ts';
import type { CgroupUsage } from '#cgroup/types.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import type { TreeSample } from './sample.ts';

const INTERVAL_MS = 1000;

export interface LiveUsageOptions {
  readonly onUsage: (usage: LiveUsage) => void;
  /** The leaf's; null where there is none. */
  readonly meter: LeafMeter | null;
  readonly driver: 'v1' | 'v2' | null;
  /** The leaf before the program started, which is ours. */
  readonly baseline: CgroupUsage | null;
  /** The last look at the processes, where there is no leaf. */
  readonly sampled: () => TreeSample | null;
}

/** Tells once a second what the program has used since it started; returns the way to stop. */
export function tellUsage(options: LiveUsageOptions): () => Promise<void> {
  const startedAt = performance.now();
  let telling: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    const usage = await read(options, performance.now() - startedAt);
    if (usage !== null) options.onUsage(usage);
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

async function read(options: LiveUsageOptions, elapsedMs: number): Promise<LiveUsage | null> {
  const { meter, driver, baseline, sampled } = options;
  if (meter === null) {
    const sample = sampled();
    return sample && { elapsedMs, ...sample, memoryPeakBytes: null, pidsPeak: null, source: 'pidusage' };
  }
  const now = await meter.usage();
  const less = (value: number | null, ours: number | null | undefined): number | null =>
    value === null ? null : Math.max(0, value - (ours ?? 0));
  const cpuUs = less(now.cpuTotalUs, baseline?.cpuTotalUs);
  return {
    elapsedMs,
    cpuMs: cpuUs === null ? null : cpuUs / 1000,
    memoryBytes: less(now.memoryCurrentBytes, baseline?.memoryCurrentBytes),
    memoryPeakBytes: now.memoryPeakBytes,
    pidsPeak: less(now.pidsPeak, OUR_TASKS),
    source: driver === 'v1' ? 'cgroup1' : 'cgroup2',
  };
}

/** Launcher and init. */
const OUR_TASKS = 2;
