/** A program while it runs, for whoever looks at it or signals it from outside. */
import type { CgroupDriver } from '#cgroup/driver.ts';
import { encodeSignal } from '#launch/protocol.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import { readLiveUsage, tellUsage, type UsageReader } from './live-usage.ts';
import type { TreeSample } from './sample.ts';
import type { Baseline, ReadyJail } from './setup.ts';

export interface LiveProgram {
  /** What it has used so far; null when it has ended, or when nobody counts. Rejects with CGROUP_READ_FAILED. */
  usage(): Promise<LiveUsage | null>;
  /** Sends a signal to the main process, by its kernel number; false when that has ended. */
  signal(number: number): boolean;
}

/** Who wants to see it. */
export interface LiveListeners {
  /** Told once, at the program's first instruction. */
  readonly onStarted?: ((program: LiveProgram) => void) | undefined;
  /** Told once a second what has been used; what it throws is ignored. */
  readonly onUsage?: ((usage: LiveUsage) => void) | undefined;
}

export interface LiveInput extends LiveListeners {
  readonly ready: ReadyJail;
  readonly baseline: Baseline;
  readonly driver: CgroupDriver | null;
}

/** What only the session knows. */
export interface LiveState {
  readonly hasEnded: () => boolean;
  /** The last look at the processes, where there is no leaf. */
  readonly sampled: () => TreeSample | null;
}

/** Shows the program from its first instruction on; returns the way to stop. */
export function showProgram(input: LiveInput, { hasEnded, sampled }: LiveState): () => Promise<void> {
  const { ready, baseline, driver, onStarted, onUsage } = input;
  const reader: UsageReader = {
    meter: ready.meter,
    driver: driver?.version ?? null,
    baseline: baseline.usage,
    sampled,
    startedAt: performance.now(),
  };
  let stopped = false;
  const stopTelling = onUsage && tellUsage(reader, onUsage);
  onStarted?.({
    usage: async () => {
      if (stopped) return null;
      try {
        return await readLiveUsage(reader);
      } catch (error) {
        // The leaf went while it was read.
        if (stopped) return null;
        throw error;
      }
    },
    signal: (number) => {
      if (stopped || hasEnded()) return false;
      void ready.jail.channel.send(encodeSignal(number));
      return true;
    },
  });
  return async () => {
    stopped = true;
    await stopTelling?.();
  };
}
