import { isWarderError, type WarderError } from '#error/warder-error.ts';
import { LANGUAGES } from '#languages/registry.ts';
import { failed } from './language-check.ts';
import type { SurveyedLanguage } from './language-survey.ts';
import type { WarderOptions } from './options-schema.ts';
import { openWarder } from './warder.ts';

export interface LanguageReportOptions extends Pick<WarderOptions, 'logger' | 'cgroup'> {
  readonly env: NodeJS.ProcessEnv;
  /** Whether earlier findings are passed over. */
  readonly refresh: boolean;
}

/** Every language, and whether it runs here. Where no sandbox can run at all, no language does, for that reason. */
export async function reportLanguages(options: LanguageReportOptions): Promise<readonly SurveyedLanguage[]> {
  const { env, refresh, ...rest } = options;
  const warder = await openWarder(rest, env).catch(toReason);
  if (isWarderError(warder))
    return LANGUAGES.map((language) => ({ language, check: failed(language, warder) }));
  try {
    return await warder.checkLanguages({ refresh });
  } finally {
    await warder.close();
  }
}

function toReason(error: unknown): WarderError {
  if (isWarderError(error)) return error;
  throw error;
}
