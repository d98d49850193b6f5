import type { Socket } from 'node:net';
import { Readable } from 'node:stream';

/** What the program reads: bytes, a stream that is pumped at the program's pace, or nothing (end of file at once). */
export type StdinSource = Uint8Array | Readable | null;

/**
 * Writes the program's stdin. A program that does not read, or ends early, is not an error, and a source that is still
 * open when the program ends is let go. A source that fails is one, told by `onFailure`: the program must not take
 * half of its input for all of it.
 */
export function pumpStdin(
  socket: Socket,
  source: StdinSource,
  onFailure: (error: Error) => void,
): { stop: () => void } {
  socket.on('error', () => {}); // EPIPE: the program closed its stdin
  if (source === null || (source instanceof Uint8Array && source.byteLength === 0)) {
    socket.end();
    return { stop: () => socket.destroy() };
  }
  const readable = source instanceof Uint8Array ? Readable.from([source]) : source;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    socket.destroy();
    readable.destroy();
  };
  readable.on('error', (error) => {
    if (!stopped) onFailure(error);
  });
  // A source that was destroyed without an error has not ended either.
  readable.on('close', () => {
    if (!stopped && !readable.readableEnded) onFailure(new Error('it was closed before its end'));
  });
  socket.on('close', stop);
  readable.pipe(socket);
  return { stop };
}
