import type { Entries, Entry, Leaf } from './flatten.ts';

/** `upper` over `lower`: a set value replaces, an appended list is joined to the end. Associative. */
export function mergeEntries(lower: Entries, upper: Entries): Entries {
  const merged = new Map(lower);
  for (const [path, entry] of upper) {
    const below = merged.get(path);
    merged.set(path, below && entry.op === 'append' ? append(below, entry) : entry);
  }
  return merged;
}

const LANGUAGES = 'languages.';

/** The body with the overrides of one language applied and those of all languages taken out. */
export function applyLanguage(entries: Entries, languageId: string | undefined): Entries {
  const prefix = `${LANGUAGES}${languageId}.`;
  const pick = (wanted: (path: string) => boolean): Entries =>
    new Map([...entries].filter(([path]) => wanted(path)));
  const body = pick((path) => !path.startsWith(LANGUAGES));
  const language = [...pick((path) => path.startsWith(prefix))];
  return mergeEntries(body, new Map(language.map(([path, entry]) => [path.slice(prefix.length), entry])));
}

/** The ids of the languages that the policy overrides something for. */
export function languageIds(entries: Entries): readonly string[] {
  const paths = [...entries.keys()].filter((path) => path.startsWith(LANGUAGES));
  return [...new Set(paths.map((path) => path.slice(LANGUAGES.length, path.indexOf('.', LANGUAGES.length))))];
}

function append(below: Entry, entry: Entry): Entry {
  const value = withoutRepeats([
    ...(below.value as readonly unknown[]),
    ...(entry.value as readonly unknown[]),
  ]);
  const places = new Map([...(entry.places ?? []), ...(below.places ?? [])]);
  const origins = [...below.origins, ...entry.origins];
  return { op: below.op, value, origins, ...(places.size > 0 ? { places } : {}) };
}

/** Lists are sets in an order: a system call allowed twice is allowed once. */
function withoutRepeats(list: readonly unknown[]): Leaf {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];
}
