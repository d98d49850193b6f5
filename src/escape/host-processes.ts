/** What runs on the host, seen by the suite itself: a probe is found by a token on its command line. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 20;

/** Pids on the host of probes with the token as an argument; launchers and zombies are not meant. */
export async function probesWith(token: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ((await isProbe(pid, token)) ? [Number(pid)] : [])),
  );
  return found.flat();
}

async function isProbe(pid: string, token: string): Promise<boolean> {
  const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...args] = cmdline.split('\0');
  // After it became itself again, a probe is called `probe`.
  return /(^|\/)(warder-)?probe$/.test(program) && args.includes(token);
}

/** Looks until one is there. @returns none when there was none within `timeoutMs` */
export async function waitForProbe(token: string, timeoutMs: number): Promise<readonly number[]> {
  const end = performance.now() + timeoutMs;
  let found = await probesWith(token);
  while (found.length === 0 && performance.now() < end) {
    await sleep(LOOK_MS);
    found = await probesWith(token);
  }
  return found;
}

/** Looks until none is left. @returns those that are still there after `timeoutMs` */
export async function waitForNoProbe(token: string, timeoutMs: number): Promise<readonly number[]> {
  const end = performance.now() + timeoutMs;
  let left = await probesWith(token);
  while (left.length > 0 && performance.now() < end) {
    await sleep(LOOK_MS);
    left = await probesWith(token);
  }
  return left;
}

/** Looks at the probes with the token as soon as there are any, while `work` runs, until `look` has seen something. */
export async function lookDuring<T>(
  token: string,
  work: () => Promise<unknown>,
  look: (pids: readonly number[]) => Promise<T | null>,
): Promise<T | null> {
  let done = false;
  const working = work().finally(() => {
    done = true;
  });
  // Awaited below; until then a failure of the run has nobody else to hear of it.
  working.catch(() => {});
  let seen: T | null = null;
  while (!done && seen === null) {
    const pids = await probesWith(token);
    seen = pids.length === 0 ? null : await look(pids);
    if (seen === null) await sleep(LOOK_MS);
  }
  await working;
  return seen;
}
