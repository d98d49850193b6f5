import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';

export function createGunzip(): Transform {
  return zlib.createGunzip();
}

/** null where Node has none: zstd came with 22.15 and 23.8. */
export function createZstdDecompress(): Transform | null {
  const make = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;
  return make === undefined ? null : make();
}

const MAGIC = { gzip: [0x1f, 0x8b], zstd: [0x28, 0xb5, 0x2f, 0xfd] } as const;

/** By the first bytes, since names of files say anything. */
export function compressionOf(start: Uint8Array): 'gzip' | 'zstd' | 'none' {
  const has = (magic: readonly number[]): boolean => magic.every((byte, index) => start[index] === byte);
  if (has(MAGIC.gzip)) return 'gzip';
  return has(MAGIC.zstd) ? 'zstd' : 'none';
}
