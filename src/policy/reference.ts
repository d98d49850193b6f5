import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the policies that come with warder lie, in the sources and in the package alike. */
export const SHIPPED_DIRECTORY = fileURLToPath(new URL('../../policies/', import.meta.url));

/** Where the seccomp profiles that come with warder lie. */
export const SHIPPED_PROFILES = join(SHIPPED_DIRECTORY, 'seccomp');

/** A policy or profile file that has not been read yet. */
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
  const path = relativeTo(child.path, entry);
  return { label: path, path };
}

/** A shipped profile by name, or a file; a path is taken as it is. Places are shown as they lie in the package. */
export function profileReference(text: string, shipped: readonly string[]): Reference | undefined {
  if (isPath(text)) return { label: text, path: text };
  const file = `${text}.yaml`;
  return shipped.includes(text)
    ? { label: `policies/seccomp/${file}`, path: join(SHIPPED_PROFILES, file) }
    : undefined;
}

/** A path as seen from the file that names it; a shipped name stays what it is. */
export function relativeTo(file: string, text: string): string {
  return !isPath(text) || isAbsolute(text) ? text : join(dirname(file), text);
}

function shippedReference(name: string, shipped: readonly string[]): Reference | undefined {
  return shipped.includes(name) ? { label: name, path: join(SHIPPED_DIRECTORY, `${name}.yaml`) } : undefined;
}
