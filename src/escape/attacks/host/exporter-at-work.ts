/** The process that hands files out, caught while it does, so that somebody can look at it from outside. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { waitForProbe } from '#escape/host-processes.ts';
import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import type { AttackContext } from '#escape/types.ts';

/** How long the program lives: it has to be found meanwhile. The later ones are for slow hosts. */
const LIVES_MS = [300, 1500, 6000, 6000, 6000] as const;
const START_MS = 20_000;
/** Each is asked for by itself, and the loop of this process turns before the next: one of these turns is ours. */
const FILES = 48;
/** From its start until it has listed what there is: seconds under emulation. The export itself has ten. */
const LISTS_MS = 5000;
const LOOK_MS = 1;

/** Pids on the host. */
export interface AtWork {
  readonly exporter: number;
  readonly init: number;
}

/**
 * Runs a program that leaves files, and stops what hands them out with SIGSTOP while `look` does its work.
 * @returns null where it was never seen
 */
export async function catchExporter<T>(
  context: AttackContext,
  look: (found: AtWork) => Promise<T>,
): Promise<T | null> {
  for (const lifeMs of LIVES_MS) {
    const token = randomBytes(16).toString('hex');
    const start = startProbe(['inline', 'hold', String(lifeMs), token]);
    const files = Array.from({ length: FILES }, (_, index) => ({ path: `left-${index}`, content: 'x' }));
    const running = context.run({ files, artifacts: ['**'] }, combine([context.withProbe, start]));
    let isOver = false;
    const ended = running.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    const [program] = await Promise.race([waitForProbe(token, START_MS), ended.then(() => [])]);
    const init = program === undefined ? null : processOneOf(program);
    const exporter = program && init && (await waitForExporter({ program, init }, () => isOver));
    const seen = exporter && init ? await lookAt({ exporter, init }, look) : null;
    await ended;
    if (seen !== null || (program !== undefined && init === null)) return seen;
  }
  return null;
}

async function lookAt<T>(found: AtWork, look: (found: AtWork) => Promise<T>): Promise<T | null> {
  if (!signal(found.exporter, 'SIGSTOP')) return null;
  try {
    return await look(found);
  } finally {
    signal(found.exporter, 'SIGCONT');
  }
}

/** @returns false where it is gone */
function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Looks each time the loop of this process turns, which is that of the supervisor: between two of its own steps. */
async function waitForExporter(
  { program, init }: { readonly program: number; readonly init: number },
  isOver: () => boolean,
): Promise<number | null> {
  while (!isOver()) {
    const exporter = childrenOf(init).find((pid) => pid !== program);
    if (exporter !== undefined && waitUntilIdle(exporter)) return exporter;
    await turn();
  }
  return null;
}

/**
 * Before it says the first word it confines itself, and it sleeps only when it has said everything: then it waits for what the
 * supervisor wants, which is this very process. So no event loop turns here.
 */
function waitUntilIdle(pid: number): boolean {
  const until = performance.now() + LISTS_MS;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (performance.now() < until) {
    const status = statusOf(pid);
    if (/^State:\tS/m.test(status)) return true;
    if (status === '' || /^State:\t[ZX]/m.test(status)) return false;
    Atomics.wait(cell, 0, 0, LOOK_MS);
  }
  return false;
}

/** /proc/PID/status; empty when the process is gone. */
export function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return '';
  }
}

/** The parent, where that is process 1 of a namespace of its own: nobody else's children are to be stopped. */
function processOneOf(pid: number): number | null {
  const parent = Number(/^PPid:\t(\d+)$/m.exec(statusOf(pid))?.[1] ?? 0);
  return /^NSpid:(?:\t\d+)+\t1$/m.test(statusOf(parent)) ? parent : null;
}

/** proc_pid_children(5): exact while they are not ended and started, and another look comes anyway. */
function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
    return text
      .split(' ')
      .filter((one) => one !== '')
      .map(Number);
  } catch {
    return [];
  }
}
