/** The report of `warder escape` for people: what did not hold first, then everything by category, then the score. */
import {
  type AttackReport,
  CATEGORIES,
  type Category,
  type EscapeReport,
  oneLine,
  type TargetReport,
  targetName,
  VERDICTS,
  type Verdict,
} from '#escape/index.ts';
import { changesText, sideBySideText } from './escape-compare-text.ts';
import type { Paint } from './style.ts';
import { table } from './table.ts';

const COLOURS: Readonly<Record<Verdict, Parameters<Paint>[0]>> = {
  contained: 'green',
  escaped: 'red',
  weak: 'yellow',
  'not-applicable': 'dim',
  'not-tested': 'yellow',
  error: 'red',
};

const EVIDENCE_LINES = 6;

export function escapeText(report: EscapeReport, paint: Paint): string {
  const { host, targets, ms } = report;
  const parts = targets.map((target) => targetText(target, paint));
  const footer = `${host.kernel} ${host.arch}, uid ${host.uid}; ${(ms / 1000).toFixed(1)} s\n`;
  const compared = `${sideBySideText(report, paint)}${changesText(report, paint)}`;
  return `${parts.join('\n')}${compared}\n${footer}`;
}

function targetText(report: TargetReport, paint: Paint): string {
  const { target, facts, problem, canaries } = report;
  const engine = facts && target.kind === 'warder' && target.engine === 'auto' ? ` (${facts.engine})` : '';
  const title = paint('bold', `${oneLine(targetName(target))}${engine}`);
  if (problem !== null) return `${title}\n  ${paint('red', 'not attacked:')} ${oneLine(problem)}\n`;
  const categories = (Object.keys(CATEGORIES) as Category[]).map((name) => categoryText(name, report, paint));
  const reached = canaries.map((line) => `  ${paint('red', 'canary reached:')} ${oneLine(line)}\n`).join('');
  return `${title}\n${categories.join('')}${reached}${scorecard(report, paint)}`;
}

function categoryText(name: Category, { attacks }: TargetReport, paint: Paint): string {
  const own = attacks.filter(({ category }) => category === name);
  if (own.length === 0) return '';
  const { letter, title } = CATEGORIES[name];
  return `\n  ${paint('bold', `${letter}  ${title}`)}\n${own.map((attack) => attackText(attack, paint)).join('')}`;
}

function attackText(attack: AttackReport, paint: Paint): string {
  const { verdict, id, title, evidence, control, layers } = attack;
  const head = `  ${paint(COLOURS[verdict], verdict.padEnd(15))}${id.padEnd(26)}${oneLine(title)}\n`;
  if (verdict === 'contained') return `${head}${layersText(layers, paint)}`;
  const shown = evidence.slice(0, EVIDENCE_LINES).map((line) => `${' '.repeat(17)}${oneLine(line)}\n`);
  const more = evidence.length - EVIDENCE_LINES;
  const rest = more > 0 ? `${' '.repeat(17)}and ${more} more\n` : '';
  const tried =
    control && !control.fired
      ? `${' '.repeat(17)}${paint('dim', oneLine(`control ${control.place}: ${control.evidence[0] ?? 'nothing'}`))}\n`
      : '';
  return `${head}${shown.join('')}${rest}${tried}`;
}

function layersText(layers: AttackReport['layers'], paint: Paint): string {
  if (layers === null || layers.length === 0) return '';
  const words = layers.map(({ without, verdict }) => `without ${without} ${verdict}`);
  return `${' '.repeat(17)}${paint('dim', words.join(', '))}\n`;
}

function scorecard({ attacks, summary }: TargetReport, paint: Paint): string {
  const rows = (Object.keys(CATEGORIES) as Category[]).flatMap((name) => {
    const own = attacks.filter(({ category }) => category === name);
    if (own.length === 0) return [];
    const count = (verdict: Verdict): string =>
      String(own.filter((attack) => attack.verdict === verdict).length);
    return [[`  ${CATEGORIES[name].title}`, ...VERDICTS.map(count)]];
  });
  const total = ['  total', ...VERDICTS.map((verdict) => String(summary[verdict]))];
  const [head = '', ...lines] = table([['  ', ...VERDICTS], ...rows, total]).split('\n');
  return `\n${paint('bold', head)}\n${lines.join('\n')}`;
}
