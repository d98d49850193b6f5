import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What the program reads: bytes, a stream that is pumped at the program's pace, or nothing (end of file at once). */
export type StdinSource = Uint8Array | Readable | null;

/**
 * Writes the program's stdin. A program that does not read, or ends early, is not an error; a source
 * that is still open when the program ends is let go.
 */
export function pumpStdin(socket: Socket, source: StdinSource): { stop: () => void } {
  socket.on('error', () => {}); // EPIPE: the program closed its stdin
  if (source === null || (source instanceof Uint8Array && source.byteLength === 0)) {
    socket.end();
    return { stop: () => socket.destroy() };
  }
  const readable = source instanceof Uint8Array ? Readable.from([source]) : source;
  pipeline(readable, socket).catch(() => {});
  return {
    stop: () => {
      socket.destroy();
      readable.destroy();
    },
  };
}
