import type { PolicyOverrides } from './schema.ts';

/** Where a value was written. */
export interface Origin {
  /** A file as it was named, or `request`. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** A value at the end of a path: a scalar or a whole list. */
export type Leaf = string | number | boolean | readonly unknown[];

/** What one or several files say about one path. */
export interface Entry {
  readonly op: 'set' | 'append';
  readonly value: Leaf;
  /** The files that set it, in order; several where a list was appended to. */
  readonly origins: readonly Origin[];
  /** For lists of system calls: where each one is named, which messages and explanations show. */
  readonly places?: ReadonlyMap<string, Origin>;
}

/** By dot path, such as `limits.memory` or `languages.java.limits.pids`. */
export type Entries = ReadonlyMap<string, Entry>;

/** A validated body as one entry per leaf, so that merging, comparing and explaining are operations on maps. */
export function flatten(body: PolicyOverrides, originOf: (path: readonly string[]) => Origin): Entries {
  const entries = new Map<string, Entry>();
  const walk = (node: object, path: readonly string[], written: readonly string[]): void => {
    for (const [key, value] of Object.entries(node)) {
      const at = [...path, key.replace(/^\+/, '')];
      const here = [...written, key];
      if (isSection(value)) walk(value, at, here);
      else if (value !== undefined) {
        const op = key.startsWith('+') ? 'append' : 'set';
        const places = isCallList(at) ? { places: itemPlaces(value, here, originOf) } : {};
        entries.set(leafPath(at), { op, value: leafValue(at, value), origins: [originOf(here)], ...places });
      }
    }
  };
  walk(body, [], []);
  return entries;
}

function isCallList(path: readonly string[]): boolean {
  return path.at(-2) === 'seccomp' && (path.at(-1) === 'allow' || path.at(-1) === 'deny');
}

function itemPlaces(
  list: unknown,
  path: readonly string[],
  originOf: (path: readonly string[]) => Origin,
): ReadonlyMap<string, Origin> {
  return new Map([list].flat().map((item, index) => [String(item), originOf([...path, String(index)])]));
}

function isSection(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a path holds the name of a seccomp profile: that of the body or of a language, for running or for compiling. */
export function isProfilePath(path: string): boolean {
  return /^(?:languages\.[^.]+\.)?(?:compile\.)?seccomp\.profile$/.test(path);
}

/** `stdout: 1MiB` is short for `stdout: { size: 1MiB }`. */
function leafPath(path: readonly string[]): string {
  const text = path.join('.');
  return /(?:^|\.)(?:limits|ceilings)\.(?:stdout|stderr)$/.test(text) ? `${text}.size` : text;
}

function leafValue(path: readonly string[], value: unknown): Leaf {
  if (!Array.isArray(value)) return value as Leaf;
  switch (path.at(-1)) {
    case 'devices':
      // YAML reads an unquoted null as the null value.
      return value.map((device) => device ?? 'null');
    case 'mounts':
      return value.map(({ type, source, target, readOnly = true }) => ({ type, source, target, readOnly }));
    default:
      return value;
  }
}
