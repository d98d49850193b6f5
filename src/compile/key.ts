import { createHash } from 'node:crypto';
import type { ProgramFile } from '#launch/types.ts';

/** Everything that what a compiler makes depends on. */
export interface KeyParts {
  readonly language: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: readonly ProgramFile[];
  readonly rootfs: { readonly name: string; readonly sha256: string | null };
  /** Identity of the compiler where the root file system has no digest: the host's. */
  readonly toolchain: readonly string[];
  /** What the compile phase is held to: limits decide whether it ends well. */
  readonly policy: unknown;
  readonly filter: Uint8Array;
}

/** SHA-256, hexadecimal; the name of the entry. */
export function cacheKey(parts: KeyParts): string {
  const { files, filter, env, ...rest } = parts;
  const listed = files.map(({ path, mode, content }) => [path, mode, sha256(content)]);
  const text = JSON.stringify({
    version: 1,
    ...rest,
    env: Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1)),
    files: listed,
    filter: sha256(filter),
  });
  return sha256(Buffer.from(text));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
