import { availableParallelism } from 'node:os';

/** A guest has two processors but keeps little more than one busy; two guests are as much as two processors can do. */
const MOST = 2;
/** What a guest of 2 GiB and its emulator may come to occupy. */
const BYTES_PER_MACHINE = 2.5 * 1024 ** 3;

/** How many machines may run at once on this host. WARDER_VM_MACHINES says otherwise. */
export function laneCount() {
  const wanted = Number(process.env['WARDER_VM_MACHINES']);
  if (Number.isInteger(wanted) && wanted > 0) return wanted;
  const fitting = Math.floor(process.availableMemory() / BYTES_PER_MACHINE);
  return Math.max(1, Math.min(MOST, availableParallelism(), fitting));
}

/**
 * Does `work` for all items, `count` of them at a time; results are in the order of the items.
 *
 * @template T, R
 * @param {readonly T[]} items @param {number} count @param {(item: T) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function inLanes(items, count, work) {
  /** @type {R[]} */
  const results = [];
  const queue = [...items.entries()];
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: count }, lane));
  return results;
}
