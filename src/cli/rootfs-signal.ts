import type { CliContext } from './context.ts';
import { watchSignals } from './signals.ts';

/** Runs `work` with a signal that SIGINT and its kin abort; this process then ends by what it received. */
export async function cancelOnSignal(
  context: CliContext,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const watch = watchSignals(() => controller.abort());
  try {
    await work(controller.signal);
  } finally {
    watch.stop();
    const received = watch.received();
    if (received) context.finish({ kind: 'signal', signal: received });
  }
}
