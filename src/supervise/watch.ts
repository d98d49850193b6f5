import type { LeafMeter } from '#cgroup/driver.ts';
import type { CauseRecorder } from './first-cause.ts';

/**
 * A cgroup has no way to tell Node that a limit was reached (v1 cannot be watched by inotify), so two counters are
 * read at this pace: a few microseconds each time. What happens between the last look and the end is found by the
 * final reading; a run shorter than this is never looked at.
 */
const INTERVAL_MS = 20;

export interface WatchOptions {
  readonly meter: LeafMeter;
  readonly causes: CauseRecorder;
  /** CPU time limit of the whole tree; null = none. */
  readonly cpuTimeMs: number | null;
  /** CPU time of the leaf before the program started, which is ours. */
  readonly baselineCpuUs: number;
}

export interface LeafWatch {
  readonly stop: () => Promise<void>;
  /** Highest present memory that was seen, where the kernel keeps no mark; bytes. */
  readonly memoryPeakBytes: () => number | null;
}

/** Watches for the OOM killer and for the CPU time limit. */
export function watchLeaf(options: WatchOptions): LeafWatch {
  const { meter, causes, cpuTimeMs, baselineCpuUs } = options;
  let looking: Promise<void> | undefined;
  let peak: number | null = null;
  const look = async (): Promise<void> => {
    const { oomKill, cpuTotalUs, memoryBytes } = await meter.look();
    if (memoryBytes !== null) peak = Math.max(peak ?? 0, memoryBytes);
    if (oomKill > 0) causes.record('memory');
    const spentMs = cpuTotalUs === null ? 0 : (cpuTotalUs - baselineCpuUs) / 1000;
    if (cpuTimeMs !== null && spentMs > cpuTimeMs) causes.record('cpuTime');
  };
  const timer = setInterval(() => {
    // A leaf that cannot be read is on its way out; the final reading reports a real failure.
    looking ??= look()
      .catch(() => {})
      .finally(() => {
        looking = undefined;
      });
  }, INTERVAL_MS);
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await looking;
  };
  return { stop, memoryPeakBytes: () => peak };
}
