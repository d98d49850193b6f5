import { join } from 'node:path';
import { isWarderError, type WarderError } from '#error/warder-error.ts';
import { readFindings, writeFindings } from '#host/kept-findings.ts';
import { LANGUAGES } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { cacheDirectory } from './compile-store.ts';
import { checkLanguage, failed, type LanguageCheck } from './language-check.ts';
import type { WarderOptions } from './options-schema.ts';
import { openWarder } from './warder.ts';

export interface LanguageReportOptions extends Pick<WarderOptions, 'logger' | 'cgroup'> {
  readonly env: NodeJS.ProcessEnv;
  /** Whether earlier findings are passed over. */
  readonly refresh: boolean;
}

export interface ReportedLanguage {
  readonly language: Language;
  readonly check: LanguageCheck;
}

/** Changes when the form of what is kept does. */
const FORMAT = 1;

/**
 * Every language, and whether it runs here. A finding is kept until its tree or its tools change; what has failed is
 * tried again each time. Where no sandbox can run at all, no language does, for that reason.
 */
export async function reportLanguages(options: LanguageReportOptions): Promise<readonly ReportedLanguage[]> {
  const { env, refresh, ...rest } = options;
  const uid = process.geteuid?.() ?? -1;
  const directory = cacheDirectory(env, uid);
  const path = directory === null ? null : join(directory, 'languages.json');
  const kept =
    path === null || refresh ? new Map<string, LanguageCheck>() : parse(await readFindings(path, uid));
  const warder = await openWarder({ ...rest, compileCache: false }, env).catch(toReason);
  if (isWarderError(warder))
    return LANGUAGES.map((language) => ({ language, check: failed(language, warder) }));
  try {
    const found: ReportedLanguage[] = [];
    // One after the other: as many compilers at once would measure the machine rather than the language.
    for (const language of LANGUAGES) {
      found.push({ language, check: await checkLanguage(warder, language, kept.get(language.id)) });
    }
    const working = found.map(({ check }) => check).filter(({ works }) => works);
    if (path !== null) await writeFindings(path, uid, { format: FORMAT, checks: working });
    return found;
  } finally {
    await warder.close();
  }
}

function toReason(error: unknown): WarderError {
  if (isWarderError(error)) return error;
  throw error;
}

/** The file is ours (readFindings), so its form is what was written, or that of another version of warder. */
function parse(findings: unknown): Map<string, LanguageCheck> {
  const { format, checks } = (findings ?? {}) as { format?: unknown; checks?: readonly LanguageCheck[] };
  return new Map(format === FORMAT && checks ? checks.map((check) => [check.id, check]) : []);
}
