/**
 * What ends a run while its supervisor cannot: a supervisor is blocked by being this very process, which waits without
 * letting its event loop turn, as a library's caller that computes for seconds does.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { waitForProbe } from '#escape/host-processes.ts';
import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import type { AttackContext } from '#escape/types.ts';

/** How long a probe that sleeps for ever may take to be there. */
const START_MS = 20_000;
const LOOK_MS = 10;

export interface Blocked {
  /** Host pid of the program when the supervisor was blocked. */
  readonly pid: number;
  /** From there to when the program was gone; null when it was still there after `latestMs`. Milliseconds. */
  readonly goneMs: number | null;
}

/**
 * Starts a run that does not end by itself, and blocks this process as soon as it is there, until it is gone.
 * @param atStart called while blocked, first
 * @returns null where it had ended before it was found
 */
export async function blockDuringRun(
  context: AttackContext,
  wallMs: number,
  latestMs: number,
  atStart: (pid: number) => void = () => {},
): Promise<Blocked | null> {
  const token = randomBytes(16).toString('hex');
  const start = startProbe(['inline', 'stay', 'pause', token]);
  const request = { limits: { wall: `${wallMs}ms` } };
  const running = context.run(request, combine([context.withProbe, start]));
  const ended = running.then(
    () => undefined,
    () => undefined,
  );
  const [pid] = await Promise.race([waitForProbe(token, START_MS), ended.then(() => [])]);
  if (pid === undefined) {
    await ended;
    return null;
  }
  const from = performance.now();
  atStart(pid);
  const goneMs = waitBlocked(() => !isThere(pid, token), from + latestMs) ? performance.now() - from : null;
  await ended;
  return { pid, goneMs };
}

/** Turns no event loop: neither timers nor messages are seen meanwhile. @returns false when `until` came first */
function waitBlocked(condition: () => boolean, until: number): boolean {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!condition()) {
    if (performance.now() >= until) return false;
    Atomics.wait(cell, 0, 0, LOOK_MS);
  }
  return true;
}

/** A process that is gone, or dead and waits to be reaped, has no command line any more. */
function isThere(pid: number, token: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(token);
  } catch {
    return false;
  }
}
