/** Small pieces of the page. Everything that is not a literal of this program goes through `markup`. */

import type { AttackReport, TargetReport } from '#escape/report-types.ts';
import { targetName } from '#escape/target.ts';
import { VERDICTS, type Verdict } from '#escape/types.ts';
import { markup } from './escape-text.ts';

/** A verdict as a coloured word; colour is never the only sign. */
export function chip(verdict: Verdict, count?: number): string {
  const text = count === undefined ? verdict : `${count} ${verdict}`;
  return `<span class="chip ${verdict}">${text}</span>`;
}

export function countOf(attacks: readonly AttackReport[], verdict: Verdict): number {
  return attacks.filter((attack) => attack.verdict === verdict).length;
}

/** One chip for each verdict that occurs. */
export function chips(attacks: readonly AttackReport[]): string {
  const occurring = VERDICTS.filter((verdict) => countOf(attacks, verdict) > 0);
  if (occurring.length === 0) return '<span class="none">none in this report</span>';
  return occurring.map((verdict) => chip(verdict, countOf(attacks, verdict))).join(' ');
}

/** Shares of the verdicts as a bar; the chips beside it say the same in words. */
export function bar(attacks: readonly AttackReport[]): string {
  const parts = VERDICTS.map((verdict) => [verdict, countOf(attacks, verdict)] as const);
  const segments = parts
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `<span class="${verdict}" style="flex-grow:${count}"></span>`);
  return `<div class="bar" aria-hidden="true">${segments.join('')}</div>`;
}

export function rows(pairs: readonly (readonly [string, string])[]): string {
  return `<dl class="facts">${pairs
    .map(([name, value]) => `<div><dt>${markup(name)}</dt><dd>${markup(value)}</dd></div>`)
    .join('')}</dl>`;
}

export function bullets(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${markup(line)}</li>`).join('')}</ul>`;
}

/** Of the part that belongs to the target with this number. */
export function anchor(index: number, id = ''): string {
  return `t${index}${id === '' ? '' : `-${markup(id.replace(/[^A-Za-z0-9_-]/g, '_'))}`}`;
}

export function titleOf({ target, facts }: TargetReport): string {
  const engine = target.kind === 'warder' && target.engine === 'auto' && facts ? ` (${facts.engine})` : '';
  return `${targetName(target)}${engine}`;
}
