import { makeGroup, removeGroup } from './files.ts';

/** What makes a leaf's directory; only tests replace it, to fill a plain directory as the kernel fills a new group. */
export type MakeGroup = (parent: string, name: string) => Promise<string>;

/**
 * Makes the group `name` in every parent at once, then runs `setUp` on them. When anything fails, what was made is
 * removed in reverse order and the first error is thrown.
 */
export async function makeGroups(
  parents: readonly string[],
  name: string,
  setUp: (directories: readonly string[]) => Promise<void>,
  make: MakeGroup = makeGroup,
): Promise<readonly string[]> {
  const results = await Promise.allSettled(parents.map((parent) => make(parent, name)));
  const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  try {
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    await setUp(made);
    return made;
  } catch (error) {
    // Nothing has joined, so rmdir cannot be refused; should it be, the owner record leads the sweep there.
    await Promise.allSettled([...made].reverse().map((dir) => removeGroup(dir)));
    throw error;
  }
}
