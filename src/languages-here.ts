import { probeHostRootfs } from '#host/rootfs.ts';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';

/** A language, and where its interpreter is on the root file system `host`; null when it is not there. */
export interface LanguageHere {
  readonly language: Language;
  readonly interpreter: string | null;
}

/** Every language that warder knows, in the order of the registry. */
export async function languagesHere(): Promise<readonly LanguageHere[]> {
  const names = LANGUAGES.flatMap(({ interpreters }) => interpreters);
  const { commands } = await probeHostRootfs(names);
  return LANGUAGES.map((language) => ({
    language,
    interpreter:
      language.interpreters.map((name) => commands[name]).find((path) => path !== undefined) ?? null,
  }));
}
