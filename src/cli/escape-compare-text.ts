/** Parts of the escape report that look at two things at once: targets side by side, and a former report. */
import { type EscapeReport, oneLine, targetName } from '#escape/index.ts';
import type { Paint } from './style.ts';
import { table } from './table.ts';

/** Attacks that did not end alike on all targets; empty for one target. */
export function sideBySideText(report: EscapeReport, paint: Paint): string {
  // One that could not be attacked differs in everything.
  const targets = report.targets.filter(({ problem }) => problem === null);
  if (targets.length < 2) return '';
  const ids = [...new Set(targets.flatMap(({ attacks }) => attacks.map(({ id }) => id)))];
  const rows = ids.map((id) => [
    id,
    ...targets.map(({ attacks }) => attacks.find((attack) => attack.id === id)?.verdict ?? '-'),
  ]);
  const differing = rows.filter(([, ...verdicts]) => new Set(verdicts).size > 1);
  const head = ['', ...targets.map(({ target }) => oneLine(targetName(target)))];
  const same = `${ids.length - differing.length} of ${ids.length} attacks ended alike on all ${targets.length} targets`;
  const body = differing.length === 0 ? '' : indent(table([head, ...differing]));
  return `\n${paint('bold', 'side by side')}\n  ${same}\n${body}`;
}

export function changesText({ baseline }: EscapeReport, paint: Paint): string {
  if (baseline === undefined) return '';
  const { startedAt, changes } = baseline;
  const lines = changes.map(({ target, id, before, after, direction }) => [
    direction,
    id,
    `${before ?? '-'} -> ${after ?? '-'}`,
    oneLine(target),
  ]);
  const body = lines.length === 0 ? '  nothing\n' : indent(table(lines));
  return `\n${paint('bold', `changed since ${startedAt}`)}\n${body}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
