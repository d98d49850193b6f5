import { compareReports, type EscapeReport, escapeReportSchema, selectAttacks } from '#escape/index.ts';
import { readWhole } from './read-file.ts';
import { usageError } from './usage-error.ts';

const HINT = 'It must be a report of: warder escape --format json --out FILE';

/** A former JSON report. @throws WarderError REQUEST_FILE_UNREADABLE, REQUEST_INVALID */
export async function readBaseline(path: string): Promise<EscapeReport> {
  const { content } = await readWhole(path, '--baseline');
  const checked = escapeReportSchema.safeParse(parseJson(Buffer.from(content).toString('utf8')));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw usageError('--baseline', `${path}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`, HINT);
}

/** The report, with what changed since the other one; what `only` left out this time is not missed. */
export function withBaseline(
  report: EscapeReport,
  before: EscapeReport | null,
  only: readonly string[],
): EscapeReport {
  if (before === null) return report;
  const targets = before.targets.map((one) => ({ ...one, attacks: selectAttacks(one.attacks, only) }));
  return {
    ...report,
    baseline: { startedAt: before.startedAt, changes: compareReports({ targets }, report) },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
