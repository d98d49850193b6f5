import { setImmediate } from 'node:timers/promises';

/** Our own standard streams can break at any time: a reader goes away, a disk is full. */

export interface Stdio {
  /** The first failure of stdout or stderr; `EPIPE` when its reader has gone. */
  readonly broken: () => { readonly stream: 'stdout' | 'stderr'; readonly errno: string } | undefined;
  readonly onBroken: (listener: () => void) => void;
  /** Resolves when everything written has left this process, or cannot. */
  readonly flush: () => Promise<void>;
}

export function watchStdio(): Stdio {
  let first: ReturnType<Stdio['broken']>;
  const listeners: (() => void)[] = [];
  const listen = (stream: 'stdout' | 'stderr'): void => {
    // Without a listener the failure would be an uncaught exception.
    process[stream].on('error', (error: NodeJS.ErrnoException) => {
      first ??= { stream, errno: error.code ?? error.message };
      for (const listener of listeners) listener();
    });
  };
  listen('stdout');
  listen('stderr');
  return {
    broken: () => first,
    onBroken: (listener) => void listeners.push(listener),
    flush: async () => {
      await Promise.all([drained(process.stdout), drained(process.stderr)]);
    },
  };
}

async function drained(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    // Called after everything that was written before, also when that failed.
    stream.write('', () => resolve());
  });
  // Streams tell of an error one turn after the callback.
  await setImmediate();
}
