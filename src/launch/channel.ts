import type { Duplex } from 'node:stream';
import { WarderError } from '#error/warder-error.ts';
import { errnoName } from '#util/errno.ts';
import { MessageDecoder, type NativeMessage } from './protocol.ts';

export type MessageKind = NativeMessage['kind'];
export type MessageOf<K extends MessageKind> = Extract<NativeMessage, { kind: K }>;
type Listener = (message: NativeMessage) => void;

/**
 * The supervisor's end of the control channel. Messages go to every listener in order; what arrives before
 * anybody listens is kept. `closed` resolves at end of file, with the error when there was one.
 */
export class Channel {
  readonly closed: Promise<Error | undefined>;
  readonly #stream: Duplex;
  readonly #listeners = new Set<Listener>();
  readonly #backlog: NativeMessage[] = [];

  constructor(stream: Duplex) {
    this.#stream = stream;
    const decoder = new MessageDecoder();
    this.closed = new Promise((resolve) => {
      let failure: Error | undefined;
      stream.on('data', (chunk: Buffer) => {
        try {
          for (const message of decoder.push(chunk)) this.#deliver(message);
        } catch (error) {
          failure = error as Error;
          stream.destroy();
        }
      });
      // EPIPE and ECONNRESET say no more than end of file does.
      stream.on('error', () => {});
      stream.on('close', () => resolve(failure));
    });
  }

  #deliver(message: NativeMessage): void {
    if (this.#listeners.size === 0) this.#backlog.push(message);
    for (const listener of this.#listeners) listener(message);
  }

  /**
   * Calls `listener` for what has already come and for what comes; returns the way to stop. What comes after that,
   * even in the same chunk, is for the next listener.
   */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    while (this.#listeners.has(listener)) {
      const message = this.#backlog.shift();
      if (message === undefined) break;
      listener(message);
    }
    return () => this.#listeners.delete(listener);
  }

  /** Hands a frame to the kernel; resolves when the other side may take more. Ignores a dead peer. */
  async send(frame: Buffer): Promise<void> {
    if (this.#stream.destroyed || !this.#stream.writable) return;
    if (this.#stream.write(frame)) return;
    await Promise.race([new Promise<void>((resolve) => this.#stream.once('drain', resolve)), this.closed]);
  }

  /**
   * The next message of `kind`. A `failed` message, end of file and the deadline reject.
   * `onEnd` makes the error for a channel that ended first.
   */
  async expect<K extends MessageKind>(kind: K, onEnd: () => Error): Promise<MessageOf<K>> {
    let listener: Listener = () => {};
    const message = new Promise<MessageOf<K>>((resolve, reject) => {
      listener = (received) => {
        if (received.kind !== kind && received.kind !== 'failed') return;
        // At once, not when the promise is heard: the next message may be in the same chunk.
        this.#listeners.delete(listener);
        if (received.kind === kind) resolve(received as MessageOf<K>);
        else if (received.kind === 'failed') reject(stepError(received));
      };
      this.listen(listener);
    });
    const ended = this.closed.then((failure) => Promise.reject(failure ?? onEnd()));
    try {
      return await Promise.race([message, ended]);
    } finally {
      this.#listeners.delete(listener);
      ended.catch(() => {});
      message.catch(() => {});
    }
  }

  isClosed(): boolean {
    return this.#stream.destroyed;
  }

  /** End of file for the other side: init then kills everything and exits. */
  close(): void {
    this.#stream.destroy();
  }
}

/** Errors of the native program carry the kernel's numbers; people know the names. */
export function stepError(failed: {
  step: string;
  index: number;
  errno: number;
}): WarderError<'LAUNCH_STEP_FAILED'> {
  const errno = errnoName(failed.errno);
  return new WarderError(
    'LAUNCH_STEP_FAILED',
    `set-up step ${failed.step}(${failed.index}) failed: ${errno}`,
    {
      details: { step: failed.step, index: failed.index, errno },
    },
  );
}
