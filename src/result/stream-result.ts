import type { StreamResult } from './run-result.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The JSON form of kept bytes. A cut may fall inside a character: then up to three bytes go, rather than turning
 * the whole text into base64; `bytes` counts what is left.
 */
export function toStreamResult(kept: Buffer, truncated: boolean): StreamResult {
  const most = truncated ? Math.min(3, kept.length) : 0;
  for (let dropped = 0; dropped <= most; dropped++) {
    const data = decodeStrictly(kept.subarray(0, kept.length - dropped));
    if (data !== undefined) return { data, encoding: 'utf8', bytes: kept.length - dropped, truncated };
  }
  return { data: kept.toString('base64'), encoding: 'base64', bytes: kept.length, truncated };
}

function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
