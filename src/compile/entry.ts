/**
 * One file of the compile cache: a line with the digest of all that follows, a line of JSON, and the artefacts one after
 * the other. In one file, so that it is there wholly or not at all.
 */
import { createHash } from 'node:crypto';
import type { ProgramFile } from '#launch/types.ts';
import type { PhaseResult } from '#result/run-result.ts';

/** What a compile phase that succeeded leaves. */
export interface CompiledEntry {
  readonly phase: Omit<PhaseResult, 'cached'>;
  readonly files: readonly ProgramFile[];
}

interface Header {
  readonly key: string;
  readonly phase: CompiledEntry['phase'];
  readonly files: readonly { readonly path: string; readonly mode: number; readonly bytes: number }[];
}

const MAGIC = 'warder-compile-1';
const NEWLINE = 0x0a;
/** Magic, a blank, a SHA-256 in hexadecimal, a newline. */
const HEAD_BYTES = MAGIC.length + 1 + 64 + 1;

export function encodeEntry(key: string, { phase, files }: CompiledEntry): Buffer {
  const listed = files.map(({ path, mode, content }) => ({ path, mode, bytes: content.byteLength }));
  const header: Header = { key, phase, files: listed };
  const body = Buffer.concat([
    Buffer.from(`${JSON.stringify(header)}\n`),
    ...files.map(({ content }) => content),
  ]);
  return Buffer.concat([Buffer.from(`${MAGIC} ${sha256(body)}\n`), body]);
}

/** undefined for whatever is not exactly what was written for this key. */
export function decodeEntry(key: string, bytes: Buffer): CompiledEntry | undefined {
  const body = bytes.subarray(HEAD_BYTES);
  if (bytes.subarray(0, HEAD_BYTES).toString('latin1') !== `${MAGIC} ${sha256(body)}\n`) return undefined;
  const end = body.indexOf(NEWLINE);
  // The digest has vouched for it: this is what encodeEntry wrote.
  const header = JSON.parse(body.subarray(0, end).toString('utf8')) as Header;
  if (header.key !== key) return undefined;
  let at = end + 1;
  const files = header.files.map(({ path, mode, bytes: length }) => {
    at += length;
    return { path, mode, content: body.subarray(at - length, at) };
  });
  return { phase: header.phase, files };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
