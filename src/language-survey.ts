import type { Language } from '#languages/types.ts';
import { checkLanguage, type LanguageCheck, type LanguageTester } from './language-check.ts';
import type { LanguageFindings } from './language-findings.ts';

export interface SurveyOptions {
  readonly tester: LanguageTester;
  readonly findings: LanguageFindings;
  /** Whether earlier findings are passed over. */
  readonly refresh: boolean;
}

export interface SurveyedLanguage {
  readonly language: Language;
  readonly check: LanguageCheck;
}

/**
 * Whether each language runs here. That one works is kept until its tree or its tools change; what has failed is tried
 * again each time.
 */
export async function surveyLanguages(
  languages: readonly Language[],
  { tester, findings, refresh }: SurveyOptions,
): Promise<readonly SurveyedLanguage[]> {
  const kept = refresh ? new Map<string, LanguageCheck>() : await findings.read();
  const found: SurveyedLanguage[] = [];
  // One after the other: as many compilers at once would measure the machine rather than the language.
  for (const language of languages) {
    found.push({ language, check: await checkLanguage(tester, language, { known: kept.get(language.id) }) });
  }
  await findings.write(found.map(({ check }) => check));
  return found;
}
