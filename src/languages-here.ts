import { probeHostRootfs } from '#host/rootfs.ts';
import { LANGUAGES, toolNames, toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';

/** A language, and where its tools are on the root file system `host`. */
export interface LanguageHere {
  readonly language: Language;
  /** What runs it, or compiles it where what was compiled runs by itself; null when something of it is not there. */
  readonly interpreter: string | null;
  /** Commands that are not there, alternatives joined by `or`. */
  readonly missing: readonly string[];
}

/** Every language that warder knows, in the order of the registry. */
export async function languagesHere(): Promise<readonly LanguageHere[]> {
  const { commands } = await probeHostRootfs(toolNames());
  return LANGUAGES.map((language) => {
    const tools = toolsOf(language).map((names) => ({
      names,
      path: names.map((name) => commands[name]).find((path) => path !== undefined),
    }));
    const missing = tools.flatMap(({ names, path }) => (path === undefined ? [names.join(' or ')] : []));
    return { language, missing, interpreter: missing.length > 0 ? null : (tools.at(-1)?.path ?? null) };
  });
}
