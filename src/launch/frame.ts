/** Frames of the control channel and the types of their fields: src/native/protocol.h is the authority. */
import { endianness } from 'node:os';
import { WarderError } from '#error/warder-error.ts';

export const PROTOCOL_VERSION = 1;
export const HEADER_BYTES = 8;

if (endianness() !== 'LE') {
  throw new WarderError('HOST_ARCH_UNSUPPORTED', 'warder supports little-endian machines only', {
    details: { arch: process.arch },
  });
}

/** Collects one payload. */
export class Payload {
  #chunks: Buffer[] = [];
  #length = 0;

  bytes(data: Uint8Array): this {
    this.#chunks.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    this.#length += data.byteLength;
    return this;
  }

  u8(value: number): this {
    return this.bytes(Buffer.from([value]));
  }

  u32(value: number): this {
    const buffer = Buffer.allocUnsafe(4);
    buffer.writeUInt32LE(value);
    return this.bytes(buffer);
  }

  u64(value: number | bigint): this {
    const buffer = Buffer.allocUnsafe(8);
    buffer.writeBigUInt64LE(BigInt(value));
    return this.bytes(buffer);
  }

  /** Text as UTF-8; a NUL cannot travel, since the kernel would end the string there. */
  string(text: string): this {
    if (text.includes('\0')) {
      throw new WarderError('INTERNAL_BUG', 'a string with a NUL byte reached the control channel', {
        details: { what: 'nul' },
      });
    }
    const data = Buffer.from(text, 'utf8');
    return this.u32(data.length).bytes(data).u8(0);
  }

  strings(texts: readonly string[]): this {
    this.u32(texts.length);
    for (const text of texts) this.string(text);
    return this;
  }

  /** Zeros up to the next multiple of eight, where the kernel wants filter instructions. */
  align8(): this {
    return this.bytes(Buffer.alloc(-this.#length & 7));
  }

  frame(type: number): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(this.#length, 0);
    header.writeUInt8(PROTOCOL_VERSION, 4);
    header.writeUInt8(type, 5);
    return Buffer.concat([header, ...this.#chunks], HEADER_BYTES + this.#length);
  }
}
