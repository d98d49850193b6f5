import pidusage from 'pidusage';
import { childrenOf } from '#launch/children.ts';

const INTERVAL_MS = 200;
/** A fork bomb must not turn into a bomb of samples. */
const MAX_PIDS = 256;

/**
 * Memory of a sandbox that has no cgroup: the resident sets of its processes, summed now and then. It counts
 * shared pages twice and misses peaks between two looks, so it is a figure, never a verdict.
 */
export function sampleMemory(launcherPid: number): () => number | null {
  let peak: number | null = null;
  let busy = false;
  const look = async (): Promise<void> => {
    const pids = await descendants(launcherPid);
    if (pids.length === 0) return;
    const samples = await pidusage(pids, { maxage: 1000 });
    const total = Object.values(samples).reduce((sum, sample) => sum + (sample?.memory ?? 0), 0);
    peak = Math.max(peak ?? 0, total);
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
  return () => {
    clearInterval(timer);
    return peak;
  };
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
