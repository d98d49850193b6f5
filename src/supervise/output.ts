import type { Writable } from 'node:stream';
import type { OutputPipe } from '#launch/output-pipe.ts';
import { ByteBuffer } from '#util/byte-buffer.ts';

export interface OutputOptions {
  /** Bytes that are kept and passed on; null = no cap. */
  readonly sizeBytes: number | null;
  /** Called once, at the first byte beyond the cap. */
  readonly onExceed: () => void;
  /** Receives the bytes live; the program is slowed down to its pace. */
  readonly sink?: Writable;
  /** Whether the bytes are also kept for the result. */
  readonly keep: boolean;
}

export interface Output {
  /** Resolves at end of file, when every writer in the sandbox is gone. */
  readonly ended: Promise<void>;
  readonly kept: () => Buffer;
  readonly truncated: () => boolean;
  /** Bytes taken, kept or not. */
  readonly bytes: () => number;
  /** For when every writer is dead: takes what is left in the pipe, at most its capacity, without waiting for the sink. */
  readonly drain: () => void;
}

/**
 * Takes one output stream of the program, exact to the byte. Beyond the cap bytes are read and thrown away, so that
 * memory stays flat and the program, while it lives, is not blocked on a full pipe.
 */
export function collectOutput(pipe: OutputPipe, options: OutputOptions): Output {
  const kept = new ByteBuffer();
  let draining = false;
  let taken = 0;
  let truncated = false;
  pipe.onChunk((chunk) => {
    const room = options.sizeBytes === null ? chunk.length : options.sizeBytes - taken;
    const length = Math.min(chunk.length, Math.max(0, room));
    taken += length;
    if (length > 0) {
      const part = chunk.subarray(0, length);
      if (options.keep) kept.append(part);
      // A copy, since the pipe reads into the same memory again.
      if (options.sink) passOn(pipe, options.sink, Buffer.from(part), () => draining);
    }
    if (length < chunk.length && !truncated) {
      truncated = true;
      options.onExceed();
    }
  });
  return {
    ended: pipe.ended,
    kept: () => kept.view(),
    truncated: () => truncated,
    bytes: () => taken,
    drain: () => {
      draining = true;
      pipe.resume();
    },
  };
}

/** Back-pressure: nothing more is read from the program until the sink has taken what it has. */
function passOn(pipe: OutputPipe, sink: Writable, part: Buffer, draining: () => boolean): void {
  if (sink.destroyed || sink.write(part) || draining()) return;
  pipe.pause();
  const resume = () => {
    sink.off('drain', resume);
    sink.off('close', resume);
    pipe.resume();
  };
  sink.once('drain', resume);
  sink.once('close', resume);
}
