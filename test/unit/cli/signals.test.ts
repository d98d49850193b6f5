import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchSignals } from '#cli/signals.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Signals after so many milliseconds each; how often it was canceled, and whether the process was to end at once. */
function send(...afterMs: readonly number[]): { readonly canceled: number; readonly raised: boolean } {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  kill.mockClear();
  const onCancel = vi.fn();
  const watch = watchSignals(onCancel);
  for (const ms of afterMs) {
    vi.advanceTimersByTime(ms);
    // Once stopped, nobody listens any more, and a real signal would end the tests.
    process.emit('SIGTERM', 'SIGTERM');
  }
  watch.stop();
  vi.clearAllTimers();
  return { canceled: onCancel.mock.calls.length, raised: kill.mock.calls.length > 0 };
}

test('the first cancels, its echo is none, a second request ends the process', () => {
  expect(send(0)).toEqual({ canceled: 1, raised: false });
  expect(send(0, 100)).toEqual({ canceled: 1, raised: false });
  expect(send(0, 300)).toEqual({ canceled: 1, raised: true });
});

test('in a scope of its own one forwarded signal may be late, and the next one counts', () => {
  vi.stubEnv('WARDER_OWN_SCOPE', '3');
  expect(send(0, 3000)).toEqual({ canceled: 1, raised: false });
  expect(send(0, 3000, 1000)).toEqual({ canceled: 1, raised: true });
  expect(send(0, 6000)).toEqual({ canceled: 1, raised: true });
});
