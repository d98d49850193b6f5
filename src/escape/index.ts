/** What the command line uses of the escape suite. */
export { compareReports } from './baseline.ts';
export { ATTACKS } from './corpus.ts';
export { escapeReportSchema } from './report-schema.ts';
export type { AttackReport, EscapeReport, TargetReport } from './report-types.ts';
export { oneLine } from './reports/escape-text.ts';
export { REPORT_FORMATS, type ReportFormat } from './reports/formats.ts';
export { sweepCanaries } from './stale-canaries.ts';
export { type Progress, runSuite, selectAttacks, unknownSelections } from './suite.ts';
export { type Target, targetName } from './target.ts';
export { type Attack, CATEGORIES, type Category, VERDICTS, type Verdict } from './types.ts';
export { loadUserAttacks } from './user-attacks/load.ts';
export { userAttackSchema } from './user-attacks/schema.ts';
