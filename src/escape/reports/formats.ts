import type { EscapeReport } from '#escape/report-types.ts';
import { htmlReport } from './html.ts';
import { junitReport } from './junit.ts';
import { sarifReport } from './sarif.ts';

/** Reports for machines and files. Each is a function of the JSON report and nothing else. */
export const REPORT_FORMATS = {
  json: (report: EscapeReport): string => `${JSON.stringify(report)}\n`,
  junit: junitReport,
  sarif: sarifReport,
  html: htmlReport,
} as const;
export type ReportFormat = keyof typeof REPORT_FORMATS;
