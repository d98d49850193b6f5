/** The attacks of one target, by category; what did not hold is unfolded. */
import type { AttackReport, TargetReport } from '#escape/report-types.ts';
import { CATEGORIES, type Category, IMPACTS } from '#escape/types.ts';
import { markup } from './escape-text.ts';
import { anchor, chip } from './html-parts.ts';

export function attackList({ attacks }: TargetReport, index: number): string {
  return (Object.keys(CATEGORIES) as Category[])
    .map((name) => {
      const own = attacks.filter(({ category }) => category === name);
      if (own.length === 0) return '';
      const { letter, title } = CATEGORIES[name];
      return `<h3>${letter} · ${markup(title)}</h3>${own.map((attack) => attackDetails(attack, index)).join('')}`;
    })
    .join('');
}

function attackDetails(attack: AttackReport, index: number): string {
  const { id, title, verdict, evidence, control, layers } = attack;
  const isOpen = verdict === 'escaped' || verdict === 'weak' || verdict === 'error';
  const fields: readonly (readonly [string, string])[] = [
    ['Gain', `${markup(IMPACTS[attack.impact])} <span class="muted">(tier ${attack.tier})</span>`],
    ['Technique', markup(attack.technique)],
    ['Contained is', markup(attack.expected)],
    ['Evidence', lines(evidence)],
    ['Control', control === null ? '<span class="none">none</span>' : controlText(control)],
    ...(layers === null || layers.length === 0 ? [] : [['Layers', layerText(layers)] as const]),
    ['Reference', markup(attack.reference)],
  ];
  const body = fields.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('');
  return (
    `<details class="attack" id="${anchor(index, id)}" data-attack="${markup(id)}"${isOpen ? ' open' : ''}>` +
    `<summary>${chip(verdict)}<span>${markup(title)}</span><code>${markup(id)}</code></summary><dl>${body}</dl></details>`
  );
}

function controlText({ place, fired, evidence }: NonNullable<AttackReport['control']>): string {
  const what = fired ? 'the same probe succeeded there' : 'the probe did not succeed there either';
  return `${markup(place)}: ${what}${lines(evidence)}`;
}

function layerText(layers: NonNullable<AttackReport['layers']>): string {
  return layers.map(({ without, verdict }) => `without ${markup(without)}: ${chip(verdict)}`).join('<br>');
}

/** Evidence can be long; the JSON report has all of it. */
const MAX_LINES = 40;

function lines(evidence: readonly string[]): string {
  if (evidence.length === 0) return '<span class="none">none</span>';
  const shown = evidence.slice(0, MAX_LINES).map(markup);
  const more = evidence.length - shown.length;
  return `<pre>${[...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')}</pre>`;
}
