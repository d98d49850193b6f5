/** The doctor's report for people: by group, and for what is not in order why it matters and how to repair it. */
import { CHECK_GROUPS, type CheckResult, type DoctorReport, type Fix } from '#internal.ts';
import type { Paint } from './style.ts';
import { terminalSafe } from './terminal-safe.ts';
import { wrap } from './wrap.ts';

const WORDS = { ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: 'skip' } as const;
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;

const STATE_WIDTH = 6;
const INDENT = ' '.repeat(2 + STATE_WIDTH);
/** What is found has a column of its own where this much is left for it. */
const LEAST_FOUND = 30;
const LEAST_WIDTH = 40;

interface Look {
  readonly paint: Paint;
  /** Of a line; infinite where nobody looks at it on a terminal. */
  readonly width: number;
  /** Of the column of titles. */
  readonly titles: number;
  /** Script of a repair → title of the check that has shown it. */
  readonly shown: Map<string, string>;
}

/** @param columns of the terminal; undefined where it is none, and then lines are as long as they are */
export function doctorText(report: DoctorReport, paint: Paint, columns?: number): string {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns, LEAST_WIDTH);
  const titles = Math.max(0, ...report.checks.map(({ title }) => title.length));
  const look: Look = { paint, width, titles, shown: new Map() };
  const groups = CHECK_GROUPS.flatMap((group) => {
    const checks = report.checks.filter((check) => check.group === group);
    if (checks.length === 0) return [];
    return [paint('bold', group), ...checks.flatMap((check) => checkLines(check, look)), ''];
  });
  return [...groups, ...wrap(verdict(report, paint), width), ''].join('\n');
}

function checkLines(check: CheckResult, look: Look): string[] {
  const { state, title, found, ms } = check;
  const word = look.paint(COLOURS[state], WORDS[state].padEnd(STATE_WIDTH));
  const time = ms === null ? '' : ` [${ms.toFixed(0)} ms]`;
  const said = `${safeLine(found)}${time}`;
  const column = INDENT.length + look.titles + 2;
  const rest = look.width - column;
  const first =
    rest >= LEAST_FOUND
      ? [`  ${word}${safeLine(title).padEnd(look.titles)}  ${hanging(said, look.width, column)}`]
      : [`  ${word}${hanging(`${safeLine(title)}: ${said}`, look.width, INDENT.length)}`];
  return state === 'ok' ? first : [...first, ...reasonLines(check, look)];
}

/** Text that begins in a column, and goes on below its beginning. */
function hanging(text: string, width: number, column: number): string {
  return wrap(text, width - column).join(`\n${' '.repeat(column)}`);
}

function reasonLines({ state, title, why, fix }: CheckResult, look: Look): string[] {
  // Line by line, so that a pager that shows one of them has its colour.
  const lines = wrap(`why: ${safeLine(why)}`, look.width - INDENT.length);
  const reasons = lines.map((line) => `${INDENT}${look.paint('dim', line)}`);
  return [...(state === 'skipped' ? [] : reasons), ...(fix === null ? [] : fixLines(fix, title, look))];
}

/** Several checks may have one cause: its repair is shown once. */
function fixLines({ summary, asRoot, script }: Fix, title: string, { width, shown }: Look): string[] {
  const before = shown.get(script);
  if (before !== undefined) return [`${INDENT}fix: the one of "${safeLine(before)}"`];
  shown.set(script, title);
  const lines = terminalSafe(script).split('\n');
  return [
    `${INDENT}${hanging(`fix${asRoot ? ', as root' : ''}: ${safeLine(summary)}`, width, INDENT.length)}`,
    // Whole lines, to be copied.
    ...lines.map((line) => `${INDENT}  ${line}`.trimEnd()),
  ];
}

/** What a launcher or a file of the host said may hold anything; here it is one line. */
function safeLine(text: string): string {
  return terminalSafe(text.replaceAll('\n', ' '));
}

function verdict({ ready, checks, policy, engine }: DoctorReport, paint: Paint): string {
  const count = (state: CheckResult['state']): number =>
    checks.filter((check) => check.state === state).length;
  const counts = `${count('ok')} ok, ${count('warning')} warnings, ${count('failed')} failed, ${count('skipped')} skipped`;
  const name = safeLine(policy.name);
  if (ready) {
    return `${paint('green', 'ready')}: runs under the policy ${name} work here, with ${engine.used} (${counts})`;
  }
  const bad = checks
    .filter(({ state }) => state === 'failed')
    .map(({ id, code }) => (code ? `${id} (${code})` : id));
  return `${paint('red', 'not ready')} for the policy ${name}: ${bad.join(', ')} (${counts})`;
}
