import { Socket } from 'node:net';

const BUFFER_BYTES = 64 * 1024;
/** A read of less than this is a small one. */
const SMALL_BYTES = 512;
/** So many small reads in a row are followed by a pause, in which the pipe fills and the program waits. */
const SMALL_READS = 128;
const PAUSE_MS = 1;

/** Makes the socket with the reader that it is given. */
type OpenSocket = (onread: { buffer: Uint8Array; callback: (bytes: number) => boolean }) => Socket;

/**
 * The reading end of one output stream. Every read goes into the same buffer, so a flood, which is read only to be
 * thrown away, allocates nothing: with a stream's `data` events each read has a buffer of its own, and tens of
 * megabytes of them are waiting for the garbage collector at any time.
 */
export class OutputPipe {
  /** Resolves at end of file or when destroyed. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #take: ((chunk: Buffer) => void) | undefined;
  #paused = false;
  #resting = false;
  #smallReads = 0;

  constructor(open: OpenSocket) {
    const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.#socket = open({
      buffer,
      callback: (bytes) => {
        this.#take?.(buffer.subarray(0, bytes));
        this.#restAfterSmallReads(bytes);
        return !this.#paused && !this.#resting;
      },
    });
    this.#socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      this.#socket.once('end', resolve);
      this.#socket.once('close', () => resolve());
    });
  }

  static fromFd(fd: number): OutputPipe {
    return new OutputPipe((onread) => {
      // Not in the types of the constructor, though documented for connect() and taken by both.
      const options = { fd, readable: true, writable: false, onread };
      return new Socket(options);
    });
  }

  /** `take` sees each chunk for the length of the call only: what it keeps, it copies. Nothing comes before START. */
  onChunk(take: (chunk: Buffer) => void): void {
    this.#take = take;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#resting) this.#socket.resume();
  }

  /**
   * A program can make us read a byte at a time (a packet pipe, O_DIRECT of pipe(2)) and so spend more of our CPU
   * time than of its own. With a rest now and then the pipe is full and it is the program that waits.
   */
  #restAfterSmallReads(bytes: number): void {
    this.#smallReads = bytes < SMALL_BYTES ? this.#smallReads + 1 : 0;
    if (this.#smallReads < SMALL_READS || this.#resting) return;
    this.#smallReads = 0;
    this.#resting = true;
    setTimeout(() => {
      this.#resting = false;
      if (!this.#paused) this.#socket.resume();
    }, PAUSE_MS);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
