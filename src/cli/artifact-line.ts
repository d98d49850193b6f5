import type { RunResult } from '#index.ts';
import { safeText } from './safe-name.ts';

/** So that a program cannot fill a screen with names. */
const SHOWN = 5;

/** What became of `--artifact` where it is not what was asked for; null where it is. */
export function artifactLine(result: RunResult): string | null {
  const { artifacts, artifactsRefused: refused, outcome, phase } = result;
  if (phase === 'compile' || outcome.kind === 'canceled' || outcome.kind === 'notStarted') return null;
  if (refused.length === 0) return artifacts.length === 0 ? 'no file matches --artifact' : null;
  const shown = refused.slice(0, SHOWN).map(({ path, why }) => `${safeText(path) || 'the export'} (${why})`);
  const more = refused.length > SHOWN ? `, and ${refused.length - SHOWN} more` : '';
  return `not exported: ${shown.join(', ')}${more}`;
}
