const FIRST_BYTES = 4 * 1024;

/**
 * Bytes that come in pieces of any size, kept in one piece that doubles as needed: a million pieces of one byte cost a
 * megabyte, not a million objects.
 */
export class ByteBuffer {
  #bytes = Buffer.alloc(0);
  #length = 0;

  /** Copies `part`, so that the caller may use its memory again. */
  append(part: Uint8Array): void {
    this.#reserve(this.#length + part.byteLength);
    this.#bytes.set(part, this.#length);
    this.#length += part.byteLength;
  }

  /** What has come so far; a view, valid until the next append. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(needed: number): void {
    if (needed <= this.#bytes.byteLength) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.byteLength * 2, FIRST_BYTES));
    grown.set(this.view());
    this.#bytes = grown;
  }
}
