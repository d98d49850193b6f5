import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the policies that come with warder lie, in the sources and in the package alike. */
export const SHIPPED_DIRECTORY = fileURLToPath(new URL('../../policies/', import.meta.url));

/** A policy file that has not been read yet. */
export interface Reference {
  /** How messages call it: the name of a shipped policy, or the path as written. */
  readonly label: string;
  readonly path: string;
}

/** A name never looks like this: it holds no slash and no dot. */
export function isPath(text: string): boolean {
  return text.includes('/') || /\.(?:yaml|yml|json)$/.test(text);
}

/** Text that could name a file; NUL ends a path and a line break would split a message. */
export function isReference(entry: unknown): entry is string {
  return typeof entry === 'string' && /^[^\0\n]+$/.test(entry);
}

/** What a user asked for; `undefined` when it is neither a path nor the name of a shipped policy. */
export function rootReference(text: string, shipped: readonly string[]): Reference | undefined {
  return isPath(text) ? { label: text, path: text } : shippedReference(text, shipped);
}

/** An entry of `extends`: a path relative to the extending file, or a shipped name. */
export function extendedReference(
  child: Reference,
  entry: string,
  shipped: readonly string[],
): Reference | undefined {
  if (!isPath(entry)) return shippedReference(entry, shipped);
  const path = isAbsolute(entry) ? entry : join(dirname(child.path), entry);
  return { label: path, path };
}

function shippedReference(name: string, shipped: readonly string[]): Reference | undefined {
  return shipped.includes(name) ? { label: name, path: join(SHIPPED_DIRECTORY, `${name}.yaml`) } : undefined;
}
