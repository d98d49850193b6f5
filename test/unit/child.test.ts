import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type SpawnOptions, spawnChild } from '#child.ts';
import { WarderError } from '#error/warder-error.ts';
import type { RunResult } from '#result/run-result.ts';
import type { RunExtras } from '#run.ts';

const RESULT = { ok: true } as RunResult;
const failure = () => new WarderError('SUPERVISE_CLOSED', 'closed', { details: {} });

/** A run that starts, ends and fails when the test says so. */
function scripted() {
  let resolve = (_: RunResult): void => {};
  let reject = (_: Error): void => {};
  const promise = new Promise<RunResult>((...both) => {
    [resolve, reject] = both;
  });
  const seen: { request?: unknown; extras?: Partial<RunExtras> } = {};
  const signals: number[] = [];
  const spawn = (options: SpawnOptions) =>
    spawnChild((request, extras) => {
      Object.assign(seen, { request, extras });
      return promise;
    }, options);
  const start = () =>
    seen.extras?.onStarted?.({
      usage: async () => null,
      signal: (number) => {
        signals.push(number);
        return true;
      },
    });
  return { resolve, reject, seen, signals, spawn, start };
}

async function started(options: SpawnOptions = { argv: ['cat'] }) {
  const script = scripted();
  const spawning = script.spawn(options);
  script.start();
  return { ...script, child: await spawning };
}

test('it is there when the program runs; the streams end and stdin is let go with the result', async () => {
  const { child, resolve, seen } = await started();
  expect(seen.request).toEqual({ argv: ['cat'] });
  expect(seen.extras).toMatchObject({ keep: false, stdin: child.stdin });
  seen.extras?.sinks?.stdout?.write('out');
  seen.extras?.sinks?.stderr?.write('err');
  const reading = Promise.all([text(child.stdout), text(child.stderr)]);
  resolve(RESULT);
  expect(await child.result).toBe(RESULT);
  expect(await reading).toEqual(['out', 'err']);
  expect(child.stdin.destroyed).toBe(true);
});

test('what is written after the end does not end our own process', async () => {
  const { child, resolve } = await started();
  resolve(RESULT);
  await child.result;
  const refused = await new Promise((done) => child.stdin.write('late', done));
  expect(refused).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
});

test('a failure before the start is spawn’s, one after it is the result’s and need not be asked for', async () => {
  const early = scripted();
  const spawning = early.spawn({ argv: ['cat'] });
  early.reject(failure());
  await expect(spawning).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
  const { child, reject } = await started();
  reject(failure());
  expect(await text(child.stdout)).toBe('');
  await expect(child.result).rejects.toMatchObject({ code: 'SUPERVISE_CLOSED' });
});

test('a program that never starts has a child with its result, and nothing to signal', async () => {
  const { spawn, resolve } = scripted();
  const spawning = spawn({ argv: ['missing'] });
  resolve(RESULT);
  const child = await spawning;
  expect(child.kill()).toBe(false);
  expect(await child.usage()).toBeNull();
  expect(await child.result).toBe(RESULT);
});

test('signals by name or number; the default is SIGTERM, and an unknown one is refused', async () => {
  const { child, signals } = await started();
  expect([child.kill(), child.kill('SIGKILL'), child.kill(64)]).toEqual([true, true, true]);
  expect(signals).toEqual([15, 9, 64]);
  for (const wrong of [0, 65, 1.5, 'SIGWRONG' as 'SIGTERM']) {
    expect(() => child.kill(wrong)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  }
  expect(signals).toHaveLength(3);
});

test('cancel and the caller’s signal abort the run', async () => {
  const one = await started();
  one.child.cancel();
  expect(one.seen.extras?.signal?.aborted).toBe(true);
  const { signal, abort } = ((controller) => ({
    signal: controller.signal,
    abort: () => controller.abort(),
  }))(new AbortController());
  const two = await started({ argv: ['cat'], signal });
  expect(two.seen.extras?.signal?.aborted).toBe(false);
  abort();
  expect(two.seen.extras?.signal?.aborted).toBe(true);
  const three = await started({ argv: ['cat'], signal });
  expect(three.seen.extras?.signal?.aborted).toBe(true);
});

test('stdin is a stream of the child and no option', async () => {
  const wrong = { argv: ['cat'], stdin: 'x' } as SpawnOptions;
  await expect(scripted().spawn(wrong)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a reader that does not read holds the writer up', async () => {
  const { child, seen } = await started();
  const sink = seen.extras?.sinks?.stdout as Writable;
  let written = 0;
  while (sink.write(Buffer.alloc(4096))) written += 4096;
  expect(written).toBeLessThanOrEqual(192 * 1024);
  const drained = once(sink, 'drain');
  child.stdout.resume();
  await drained;
});
