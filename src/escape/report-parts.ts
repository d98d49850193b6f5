/** Findings in the form of the report. */
import type { AttackReport, TargetReport } from './report-types.ts';
import type { Target } from './target.ts';
import { type Attack, type Finding, VERDICTS, type Verdict } from './types.ts';

const LONGEST_LINE = 2000;

export function toReport(
  attack: Attack,
  finding: Finding | undefined,
  layers: AttackReport['layers'],
): AttackReport {
  const { id, category, impact, tier, title, technique, reference, expected } = attack;
  const { verdict, evidence, control } = finding ?? { verdict: 'error', evidence: [], control: null };
  const tried = control && { ...control, evidence: control.evidence.map(shorten) };
  const found = { verdict, evidence: evidence.map(shorten), control: tried, layers };
  return { id, category, impact, tier, title, technique, reference, expected, ...found };
}

/** A program may have printed a megabyte into a line of it. */
function shorten(line: string): string {
  const more = line.length - LONGEST_LINE;
  return more > 0 ? `${line.slice(0, LONGEST_LINE)}… (${more} more)` : line;
}

/** A target that cannot be attacked, and why. */
export function unprepared(target: Target, problem: string): TargetReport {
  return { target, facts: null, problem, attacks: [], summary: summarize([]), canaries: [] };
}

export function summarize(attacks: readonly AttackReport[]): TargetReport['summary'] {
  const count = (wanted: Verdict): number => attacks.filter(({ verdict }) => verdict === wanted).length;
  return Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict)])) as TargetReport['summary'];
}
