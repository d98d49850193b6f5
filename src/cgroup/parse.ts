/** Content of cgroup files, as numbers. Anything unexpected is null: the kernel did not tell. */

/** A file of one number; `max` and other words are null. */
export function parseNumber(text: string | null): number | null {
  const trimmed = text?.trim() ?? '';
  return /^\d+$/.test(trimmed) ? Number(trimmed) : null;
}

/** One value of a "flat keyed" file: a key, a space and a number on each line (cgroup-v2.rst, "Format"). */
export function parseKeyed(text: string | null, key: string): number | null {
  for (const line of text?.split('\n') ?? []) {
    const [name, value] = line.split(' ');
    if (name === key) return parseNumber(value ?? null);
  }
  return null;
}

/** Process ids, one on each line. A process of a pid namespace that we cannot see is listed as 0. */
export function parsePids(text: string): readonly number[] {
  return text
    .split('\n')
    .filter((line) => /^\d+$/.test(line))
    .map(Number);
}

/** Words in one line, such as the content of cgroup.controllers. */
export function parseNames(text: string): readonly string[] {
  return text.split(/\s+/).filter((name) => name !== '');
}
