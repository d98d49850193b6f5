import type { StreamResult } from './run-result.ts';

/**
 * The JSON form of kept bytes. A cut may fall inside a character: then its first bytes go (up to three), rather than
 * turning the whole text into base64; `bytes` counts what is left. Bytes that no character begins with are not a cut.
 */
export function toStreamResult(kept: Buffer, truncated: boolean): StreamResult {
  const data = decodeStrictly(kept, truncated);
  if (data === undefined) {
    return { data: kept.toString('base64'), encoding: 'base64', bytes: kept.length, truncated };
  }
  return { data, encoding: 'utf8', bytes: Buffer.byteLength(data), truncated };
}

/** As a stream, the decoder keeps an unfinished character at the end to itself (Encoding Standard, 8.1). */
function decodeStrictly(bytes: Uint8Array, unfinished: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: unfinished });
  } catch {
    return undefined;
  }
}
