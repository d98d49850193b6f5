import { Writable } from 'node:stream';
import { TerminalSafeDecoder } from './terminal-safe.ts';

const NEWLINE = 0x0a;

export interface OutputTarget {
  readonly write: (chunk: Uint8Array | string, done: (error?: Error | null) => void) => boolean;
}

/** Passes one output stream of the program on at the reader's pace: as it is, or made harmless for a terminal. */
export class ProgramOutput extends Writable {
  readonly #target: OutputTarget;
  readonly #decoder: TerminalSafeDecoder | null;
  #lastByte = NEWLINE;

  constructor(target: OutputTarget, harmless: boolean) {
    super();
    this.#target = target;
    this.#decoder = harmless ? new TerminalSafeDecoder() : null;
  }

  /** Whether a new line of ours would start at the beginning of a line. */
  get atLineStart(): boolean {
    return this.#lastByte === NEWLINE;
  }

  /** A line of ours has come in between, so that the next one starts at the beginning of a line in any case. */
  interrupted(): void {
    this.#lastByte = NEWLINE;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#lastByte = chunk.at(-1) ?? this.#lastByte;
    this.#pass(this.#decoder ? this.#decoder.push(chunk) : chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#pass(this.#decoder?.end() ?? '', done);
  }

  #pass(data: Uint8Array | string, done: (error?: Error | null) => void): void {
    if (data.length === 0) done();
    else this.#target.write(data, done);
  }
}
