import { expect, test } from 'vitest';
import { encodeSignal } from '#launch/protocol.ts';
import { type LiveInput, type LiveProgram, showProgram } from '#supervise/live-program.ts';
import type { ReadyJail } from '#supervise/setup.ts';

const USAGE = { memoryPeakBytes: 9, memoryCurrentBytes: 6, cpuTotalUs: 2500, pidsPeak: 5 };

function show(usage: () => Promise<unknown> = async () => USAGE) {
  const sent: Buffer[] = [];
  const meter = { usage, present: async () => ({ pids: 3, io: null }) };
  const jail = { channel: { send: async (frame: Buffer) => void sent.push(frame) } };
  const state = { ended: false };
  let program: LiveProgram | undefined;
  const stop = showProgram(
    {
      ready: { jail, leaf: null, meter } as unknown as ReadyJail,
      baseline: { usage: null, peakReset: false },
      driver: { version: 'v2' } as LiveInput['driver'],
      onStarted: (live) => {
        program = live;
      },
    },
    { hasEnded: () => state.ended, sampled: () => null },
  );
  return { program: program as unknown as LiveProgram, sent, state, stop };
}

test('a signal goes to init as an order, until the main process has ended', () => {
  const { program, sent, state } = show();
  expect(program.signal(15)).toBe(true);
  state.ended = true;
  expect(program.signal(9)).toBe(false);
  expect(sent).toEqual([encodeSignal(15)]);
});

test('usage is read when it is asked for, and there is none after the end', async () => {
  const { program, stop } = show();
  expect(await program.usage()).toMatchObject({ memoryBytes: 6, cpuMs: 2.5, pids: 1, source: 'cgroup2' });
  await stop();
  expect(await program.usage()).toBeNull();
  expect(program.signal(15)).toBe(false);
});

test('a leaf that cannot be read is an error while the program runs, and none when it goes meanwhile', async () => {
  const failing = show(() => Promise.reject(new Error('unreadable')));
  await expect(failing.program.usage()).rejects.toThrow('unreadable');
  let fail = (_: Error): void => {};
  const slow = show(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
  );
  const asked = slow.program.usage();
  await slow.stop();
  fail(new Error('gone'));
  expect(await asked).toBeNull();
});
