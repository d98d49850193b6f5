import pidusage from 'pidusage';
import { childrenOf } from '#launch/children.ts';

const INTERVAL_MS = 200;
/** A fork bomb must not turn into a bomb of samples. */
const MAX_PIDS = 256;

/** One look at a tree of processes. */
export interface TreeSample {
  readonly memoryBytes: number;
  /** CPU time of the processes that were there, milliseconds. */
  readonly cpuMs: number;
}

export interface TreeSampler {
  /** Highest sum of resident memory; null when nothing was seen. */
  readonly peakBytes: () => number | null;
  readonly last: () => TreeSample | null;
  readonly stop: () => void;
}

/**
 * Memory of a sandbox that has no cgroup: the resident sets of its processes, summed now and then. It counts
 * shared pages twice and misses peaks between two looks, so it is a figure, never a verdict.
 */
export function sampleTree(launcherPid: number): TreeSampler {
  let peak: number | null = null;
  let last: TreeSample | null = null;
  let busy = false;
  const look = async (): Promise<void> => {
    const pids = await descendants(launcherPid);
    if (pids.length === 0) return;
    const samples = await pidusage(pids, { maxage: 1000 });
    const seen = Object.values(samples);
    const sum = (key: 'memory' | 'ctime'): number =>
      seen.reduce((total, sample) => total + (sample?.[key] ?? 0), 0);
    last = { memoryBytes: sum('memory'), cpuMs: sum('ctime') };
    peak = Math.max(peak ?? 0, last.memoryBytes);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look()
      .catch(() => {}) // processes that ended between listing and reading
      .finally(() => {
        busy = false;
      });
  }, INTERVAL_MS);
  return { peakBytes: () => peak, last: () => last, stop: () => clearInterval(timer) };
}

/** Everything below the launcher but init, which is its first child. */
async function descendants(launcherPid: number): Promise<number[]> {
  const [init] = await childrenOf(launcherPid);
  if (init === undefined) return [];
  const found: number[] = [];
  const queue = await childrenOf(init);
  for (let pid = queue.pop(); pid !== undefined && found.length < MAX_PIDS; pid = queue.pop()) {
    found.push(pid);
    queue.push(...(await childrenOf(pid)));
  }
  return found;
}
