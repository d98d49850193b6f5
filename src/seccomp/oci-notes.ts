/** What the import of an OCI profile has to say about what it left out or changed. */
import type { Arch, Place } from './ir.ts';
import type { OciProfile } from './oci-types.ts';
import type { Written } from './profile.ts';

/** Where a path of the file stands. */
export type Locate = (path: readonly PropertyKey[]) => Place;

/** Collects what the conversion has to say. */
export class Notes {
  readonly #list: Written<string>[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  add(path: readonly PropertyKey[], value: string): void {
    this.#list.push({ value, path: path.map(String).join('.'), place: this.#locate(path) });
  }

  get list(): readonly Written<string>[] {
    return this.#list;
  }
}

const KNOWN_ARCHITECTURES: Readonly<Record<string, Arch>> = {
  SCMP_ARCH_X86_64: 'x86_64',
  SCMP_ARCH_AARCH64: 'aarch64',
};

/** What of the whole file does not count. */
export function noteGlobals({ architectures, archMap, flags, listenerPath }: OciProfile, notes: Notes): void {
  const listed = [
    ...(architectures ?? []),
    ...(archMap ?? []).flatMap(({ architecture, subArchitectures }) => [
      architecture,
      ...(subArchitectures ?? []),
    ]),
  ];
  const foreign = [...new Set(listed)].filter((name) => !Object.hasOwn(KNOWN_ARCHITECTURES, name));
  const key = architectures ? 'architectures' : 'archMap';
  if (foreign.length > 0)
    notes.add([key], `calls of other ABIs end the process, so these do not count: ${foreign.join(', ')}`);
  if (flags && flags.length > 0)
    notes.add(['flags'], `flags of the runtime's own filter do not count: ${flags.join(', ')}`);
  if (listenerPath) notes.add(['listenerPath'], 'no listener of the profile is asked');
}
