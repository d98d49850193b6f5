import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

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
}

/**
 * Takes one output stream of the program, exact to the byte. Beyond the cap bytes are read and thrown away, so that
 * memory stays flat and the program, while it lives, is not blocked on a full pipe.
 */
export function collectOutput(socket: Socket, options: OutputOptions): Output {
  const chunks: Buffer[] = [];
  let taken = 0;
  let truncated = false;
  const take = (chunk: Buffer): void => {
    const room = options.sizeBytes === null ? chunk.length : options.sizeBytes - taken;
    const part = chunk.subarray(0, Math.max(0, room));
    taken += part.length;
    if (options.keep && part.length > 0) chunks.push(part);
    if (options.sink && part.length > 0) passOn(socket, options.sink, part);
    if (part.length < chunk.length && !truncated) {
      truncated = true;
      options.onExceed();
    }
  };
  socket.on('data', take);
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.once('end', () => resolve());
  });
  return { ended, kept: () => Buffer.concat(chunks), truncated: () => truncated };
}

/** Back-pressure: nothing more is read from the program until the sink has taken what it has. */
function passOn(socket: Socket, sink: Writable, part: Buffer): void {
  if (sink.destroyed || sink.write(part)) return;
  socket.pause();
  const resume = () => {
    sink.off('drain', resume);
    sink.off('close', resume);
    socket.resume();
  };
  sink.once('drain', resume);
  sink.once('close', resume);
}
