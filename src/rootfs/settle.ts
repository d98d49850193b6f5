/**
 * By how many times a result has to be ahead of each other one. Java's archive of classes, laid out by one processor
 * (steady-start.ts), was one and the same in four of five runs and a second one in most others: two builds that wait for a
 * lead of four then differ once in some hundred.
 */
const LEAD = 4;
const MOST_RUNS = 24;
/** So many results without one that came twice: this will not settle, as where addresses are random. */
const HOPELESS_RUNS = 6;

/**
 * Repeats what mostly, and not always, has the same result, until one result has come clearly more often than others. The last
 * run is then one that had it.
 *
 * @param digestAfterRun runs it once more and tells what came out
 * @returns false where no result prevailed; what the last run made is there even so
 */
export async function runUntilSettled(digestAfterRun: () => Promise<string>): Promise<boolean> {
  const counts = new Map<string, number>();
  for (let runs = 1; runs <= MOST_RUNS; runs += 1) {
    const digest = await digestAfterRun();
    const count = (counts.get(digest) ?? 0) + 1;
    counts.set(digest, count);
    const others = [...counts].filter(([other]) => other !== digest).map(([, times]) => times);
    if (count - Math.max(0, ...others) >= LEAD) return true;
    if (runs === HOPELESS_RUNS && counts.size === HOPELESS_RUNS) return false;
  }
  return false;
}
