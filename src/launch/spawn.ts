/**
 * The one place that starts processes. What the others rely on: a host that is out of descriptors, processes or memory
 * is HOST_RESOURCE_EXHAUSTED and nothing else; whatever fails, nobody's `error` event goes unheard, which would end
 * the supervisor and every run in it.
 *
 * Out of descriptors, Node's `spawn` returns a child without streams whose `error` comes one tick later
 * (lib/internal/child_process.js; nodejs/node#14166). execa trips over the missing streams and throws, so that nobody
 * holds the child any more, nor the pipes that were made for it. Hence the proof of headroom first; and, since the
 * thread pool may open files between proof and use, a listener on every child all the same.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { execa, type Options, type ResultPromise } from 'execa';
import { requireResources } from '#error/exhausted.ts';
import { errnoOf } from '#error/warder-error.ts';

/**
 * Two for each pipe of `stdio` (three at most, here), two by which libuv hears of a failing exec, and in the child, which
 * has the same limit, /dev/null and the copies that put everything in its place; the rest is for the thread pool.
 */
const HEADROOM = 16;

/** In an object, since a promise for the subprocess itself would wait for its end. */
export interface Spawned<O extends Options> {
  readonly subprocess: ResultPromise<O>;
}

/**
 * Starts `path`. A file that cannot be executed is told as execa tells it: `pid` is undefined, the result has the cause.
 * @throws WarderError HOST_RESOURCE_EXHAUSTED; nothing is left open then, but where other threads took the proven
 * headroom in the meantime: Node gives nobody the ends of the pipes that it had made
 */
export async function spawnProcess<O extends Options>(
  path: string,
  args: readonly string[],
  options: O & { readonly reject: false },
): Promise<Spawned<O>> {
  const inherited = Array.isArray(options.stdio) ? options.stdio.length : 0;
  proveHeadroom(HEADROOM + inherited);
  const { subprocess, failure, child } = startHeard(
    () => execa(path, args, options as Options) as ResultPromise,
  );
  if (subprocess === null) throw await explain(failure, child);
  if (subprocess.pid === undefined) await giveUp(subprocess);
  // What holds for every set of options TypeScript cannot see in this generic form.
  return { subprocess: subprocess as unknown as ResultPromise<O> };
}

interface Attempt {
  /** null when `start` threw `failure`. */
  readonly subprocess: ResultPromise | null;
  readonly failure: unknown;
  readonly child: ChildProcess | undefined;
}

/** Calls `start` with a listener for `error` on the child that it makes, from before that can fail. */
function startHeard(start: () => ResultPromise): Attempt {
  const children: ChildProcess[] = [];
  const hear = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    children.push(child.on('error', () => {}));
  };
  subscribe('child_process', hear);
  try {
    return { subprocess: start(), failure: null, child: children[0] };
  } catch (failure) {
    return { subprocess: null, failure, child: children[0] };
  } finally {
    unsubscribe('child_process', hear);
  }
}

/** Why execa threw: the child knows, one tick later. */
async function explain(failure: unknown, child: ChildProcess | undefined): Promise<unknown> {
  if (child === undefined || child.pid !== undefined) return failure;
  const [cause] = await once(child, 'error');
  requireResources(errnoOf(cause), cause);
  return failure;
}

/** What is left of a subprocess that never was: where fork(2) failed, nobody else closes our ends of its pipes. */
async function giveUp(subprocess: ResultPromise): Promise<void> {
  const { cause } = (await subprocess) as { cause?: unknown };
  for (const stream of subprocess.stdio) stream?.destroy();
  requireResources(errnoOf(cause), cause);
}

/** Synchronous, so that none of our own code runs between this and the spawn. */
function proveHeadroom(count: number): void {
  const fds: number[] = [];
  try {
    for (let i = 0; i < count; i++) fds.push(openSync('/dev/null', 'r'));
  } catch (cause) {
    requireResources(errnoOf(cause), cause);
    throw cause;
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}
