import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunQueue } from '#supervise/queue.ts';
import { settle } from './sockets.ts';

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'resolved',
    (error: { code?: unknown }) => error.code,
  );

/** A way to give a place back, that has to be there. */
async function place(entering: Promise<(() => void) | null>): Promise<() => void> {
  const leave = await entering;
  if (!leave) throw new Error('no place');
  return leave;
}

/** Who got a place, in order, and what became of the others. */
class Log {
  readonly admitted: string[] = [];
  readonly leaves = new Map<string, () => void>();
  readonly turnedAway = new Map<string, string>();

  async enter(queue: RunQueue, name: string, signal?: AbortSignal): Promise<void> {
    try {
      const leave = await queue.enter(signal);
      if (!leave) return void this.turnedAway.set(name, 'aborted');
      this.admitted.push(name);
      this.leaves.set(name, leave);
    } catch (error) {
      this.turnedAway.set(name, (error as { code: string }).code);
    }
  }

  leave(name: string): void {
    this.leaves.get(name)?.();
  }
}

test('first come, first served, never more than allowed at once', async () => {
  const queue = new RunQueue({ concurrency: 2, maxQueued: 10 });
  const log = new Log();
  const entering = ['a', 'b', 'c', 'd', 'e'].map((name) => log.enter(queue, name));
  await settle();
  expect(log.admitted).toEqual(['a', 'b']);
  log.leave('b');
  await settle();
  expect(log.admitted).toEqual(['a', 'b', 'c']);
  log.leave('a');
  log.leave('c');
  await Promise.all(entering);
  expect(log.admitted).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('nobody slips in between a leaver and the first in line', async () => {
  const queue = new RunQueue({ concurrency: 1, maxQueued: 10 });
  const log = new Log();
  const first = log.enter(queue, 'first');
  await first;
  const second = log.enter(queue, 'second');
  log.leave('first');
  const late = log.enter(queue, 'late');
  await second;
  await settle();
  expect(log.admitted).toEqual(['first', 'second']);
  log.leave('second');
  await late;
});

test('a place is given back once, however often that is said', async () => {
  const queue = new RunQueue({ concurrency: 1, maxQueued: 10 });
  const leave = await place(queue.enter());
  const [second, third] = [queue.enter(), queue.enter()];
  leave();
  leave();
  await place(second);
  expect(await Promise.race([third.then(() => 'in'), settle().then(() => 'waiting')])).toBe('waiting');
});

test('one more than may wait is refused, and says how many there are', async () => {
  const queue = new RunQueue({ concurrency: 1, maxQueued: 1 });
  const leave = await place(queue.enter());
  const waiting = queue.enter();
  await expect(queue.enter()).rejects.toMatchObject({
    code: 'SUPERVISE_QUEUE_FULL',
    details: { running: 1, queued: 1 },
  });
  leave();
  (await place(waiting))();
  expect(await queue.enter()).not.toBeNull();
});

test('no line at all', async () => {
  const queue = new RunQueue({ concurrency: 1, maxQueued: 0 });
  const leave = await place(queue.enter());
  expect(await codeOf(queue.enter())).toBe('SUPERVISE_QUEUE_FULL');
  leave();
  expect(await queue.enter()).not.toBeNull();
});

describe('abort', () => {
  test('before coming takes no place', async () => {
    const queue = new RunQueue({ concurrency: 1, maxQueued: 0 });
    expect(await queue.enter(AbortSignal.abort())).toBeNull();
    expect(await queue.enter()).not.toBeNull();
  });

  test('while waiting makes room in the line', async () => {
    const queue = new RunQueue({ concurrency: 1, maxQueued: 1 });
    const leave = await place(queue.enter());
    const controller = new AbortController();
    const waiting = queue.enter(controller.signal);
    controller.abort();
    expect(await waiting).toBeNull();
    const next = queue.enter();
    leave();
    expect(await next).not.toBeNull();
  });

  test('in the same turn as a place becomes free does not lose the place', async () => {
    const queue = new RunQueue({ concurrency: 1, maxQueued: 2 });
    const leave = await place(queue.enter());
    const controller = new AbortController();
    const waiting = queue.enter(controller.signal);
    const behind = queue.enter();
    controller.abort();
    leave();
    expect(await waiting).toBeNull();
    expect(await Promise.race([behind, settle().then(() => 'lost')])).toBeTypeOf('function');
  });

  test('after a place was handed over is too late: it has to be given back', async () => {
    const queue = new RunQueue({ concurrency: 1, maxQueued: 1 });
    const leave = await place(queue.enter());
    const controller = new AbortController();
    const waiting = queue.enter(controller.signal);
    leave();
    controller.abort();
    (await place(waiting))();
    expect(await queue.enter()).not.toBeNull();
  });
});

test('closing refuses who waits and who comes; who runs may leave', async () => {
  const queue = new RunQueue({ concurrency: 1, maxQueued: 5 });
  const leave = await place(queue.enter());
  const waiting = [codeOf(queue.enter()), codeOf(queue.enter())];
  queue.close();
  expect(await Promise.all(waiting)).toEqual(['SUPERVISE_CLOSED', 'SUPERVISE_CLOSED']);
  expect(await codeOf(queue.enter())).toBe('SUPERVISE_CLOSED');
  leave();
});

/** What a queue of this size has to do, as lists. */
class Model {
  readonly admitted: string[] = [];
  readonly turnedAway = new Map<string, string>();
  inside: string[] = [];
  waiting: string[] = [];
  readonly #concurrency: number;
  readonly #maxQueued: number;

  constructor(concurrency: number, maxQueued: number) {
    this.#concurrency = concurrency;
    this.#maxQueued = maxQueued;
  }

  enter(name: string): void {
    if (this.inside.length < this.#concurrency) this.#admit(name);
    else if (this.waiting.length < this.#maxQueued) this.waiting.push(name);
    else this.turnedAway.set(name, 'SUPERVISE_QUEUE_FULL');
  }

  leave(name: string): void {
    this.inside = this.inside.filter((one) => one !== name);
    const next = this.waiting.shift();
    if (next !== undefined) this.#admit(next);
  }

  abort(name: string): void {
    this.waiting = this.waiting.filter((one) => one !== name);
    this.turnedAway.set(name, 'aborted');
  }

  #admit(name: string): void {
    this.inside.push(name);
    this.admitted.push(name);
  }
}

interface Step {
  readonly action: 'enter' | 'leave' | 'abort';
  /** Whose turn it is, among those who can. */
  readonly pick: number;
  /** Whether anything else may happen before the next step: what happens within one turn is where places get lost. */
  readonly pause: boolean;
}

async function play(queue: RunQueue, model: Model, steps: readonly Step[]): Promise<void> {
  const log = new Log();
  const controllers = new Map<string, AbortController>();
  for (const [index, { action, pick, pause }] of steps.entries()) {
    // Only who knows of its place can give it back.
    const able = action === 'leave' ? model.inside.filter((name) => log.leaves.has(name)) : model.waiting;
    const name = able[pick % Math.max(1, able.length)];
    if (action === 'enter') {
      const controller = new AbortController();
      controllers.set(`run ${index}`, controller);
      void log.enter(queue, `run ${index}`, controller.signal);
      model.enter(`run ${index}`);
    } else if (name !== undefined && action === 'leave') {
      log.leave(name);
      model.leave(name);
    } else if (name !== undefined) {
      controllers.get(name)?.abort();
      model.abort(name);
    }
    if (pause) await compare(log, model);
  }
  await compare(log, model);
}

/** In any order: two that get in within one turn hear of it in one order or the other. */
async function compare(log: Log, model: Model): Promise<void> {
  await settle();
  expect([...log.admitted].sort()).toEqual([...model.admitted].sort());
  expect(Object.fromEntries(log.turnedAway)).toEqual(Object.fromEntries(model.turnedAway));
}

test('does what the model does, whatever the schedule', async () => {
  const step: fc.Arbitrary<Step> = fc.record({
    action: fc.constantFrom('enter', 'enter', 'leave', 'abort'),
    pick: fc.nat({ max: 20 }),
    pause: fc.boolean(),
  });
  const size = [fc.integer({ min: 1, max: 3 }), fc.nat({ max: 3 })] as const;
  const property = fc.asyncProperty(
    ...size,
    fc.array(step, { maxLength: 25 }),
    async (places, line, steps) => {
      const model = new Model(places, line);
      await play(new RunQueue({ concurrency: places, maxQueued: line }), model, steps);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
