/** Filters and what they say, as text for people. */
import {
  describeAction,
  describeCondition,
  describeSource,
  type Explanation,
  type FilterSummary,
} from '#internal.ts';
import { table } from './table.ts';

const MARK = { allowed: 'allow', conditional: 'depends', denied: 'deny' } as const;

/** Every rule with its reason and where it is written, refused ones first: they are the shorter list. */
export function summaryText(title: string, summary: FilterSummary): string {
  const { counts } = summary;
  const head = [
    title,
    `${summary.arch}, network ${summary.network}${summary.language === null ? '' : `, language ${summary.language}`}`,
    `${summary.instructions} instructions, sha256 ${summary.sha256}`,
    `${counts.allowed} allowed, ${counts.conditional} by argument, ${counts.denied} refused, ` +
      `${counts.unlisted} not listed: ${summary.defaultAction}`,
  ];
  const sections = (['denied', 'conditional', 'allowed'] as const).map((verdict) => {
    const rules = summary.rules.filter((rule) => rule.verdict === verdict);
    return `\n${SECTION_TITLES[verdict]}:\n${table(rules.flatMap(ruleRows))}`;
  });
  return `${head.join('\n')}\n${sections.join('')}\n${BUILT_IN}`;
}

/** What the word `prologue` in the last column means. */
const BUILT_IN = 'prologue: built in and above every profile; no profile, policy or request can lift it\n';

const SECTION_TITLES = {
  denied: 'Refused',
  conditional: 'By argument (the first line that holds decides)',
  allowed: 'Allowed',
} as const;

function ruleRows(rule: FilterSummary['rules'][number]): string[][] {
  const branches = rule.branches.map(({ when, action, why, source }) => [
    '',
    `if ${when}`,
    action,
    why,
    source,
  ]);
  const last = ['', branches.length > 0 ? 'else' : '', rule.action, rule.why, rule.source];
  const [first = last, ...rest] = [...branches, last];
  return [[rule.syscall, ...first.slice(1)], ...rest].map((row) => row.map((cell) => `${cell}`)).map(indent);
}

function indent([first = '', ...rest]: readonly string[]): string[] {
  return [`  ${first}`, ...rest];
}

/** `allow`, `deny` or `depends`, in one word for scripts and first in the text. */
export function verdictWord({ candidates, number }: Explanation): 'allow' | 'deny' | 'depends' {
  if (number === null) return 'deny';
  const kinds = candidates.map(({ action }) => action.kind === 'allow' || action.kind === 'log');
  if (kinds.every(Boolean)) return MARK.allowed;
  return kinds.some(Boolean) ? MARK.conditional : MARK.denied;
}

export function explanationText(title: string, call: string, explanation: Explanation): string {
  const { number, arch, candidates } = explanation;
  const word = verdictWord(explanation);
  if (number === null)
    return `${call}: ${word}\n  ${arch} has no such call; a program cannot make it there\n`;
  const rows = candidates.map(({ when, action, why, source }, index) => [
    `  ${condition(when.map(describeCondition), index)}`,
    describeAction(action),
    why,
    source === undefined ? '' : describeSource(source),
  ]);
  const builtIn = candidates.some(({ source }) => source === 'prologue') ? `  ${BUILT_IN}` : '';
  return `${call}: ${word}\n  ${title}, ${arch} call ${number}\n${table(rows)}${builtIn}`;
}

function condition(when: readonly string[], index: number): string {
  if (when.length > 0) return `if ${when.join(' and ')}`;
  return index === 0 ? 'always' : 'else';
}
