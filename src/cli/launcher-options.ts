import type { Prepared } from '#internal.ts';

/**
 * bubblewrap's options, one list per option. They travel in the first blob, each ended by a NUL (bwrap(1), --args).
 * Values never begin with two dashes: they are absolute paths, numbers, or names that the policy checks.
 */
export function decodeOptions({ blobs }: Pick<Prepared['launch'], 'blobs'>): readonly (readonly string[])[] {
  const words = Buffer.from(blobs[0] ?? new Uint8Array())
    .toString('utf8')
    .split('\0')
    .slice(0, -1);
  const options: string[][] = [];
  for (const word of words) {
    const current = options.at(-1);
    if (current === undefined || word.startsWith('--')) options.push([word]);
    else current.push(word);
  }
  return options;
}
