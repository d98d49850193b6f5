/** The doctor's report for people: by group, and for what is not in order why it matters and how to repair it. */
import { CHECK_GROUPS, type CheckResult, type DoctorReport, type Fix } from '#internal.ts';
import type { Paint } from './style.ts';
import { terminalSafe } from './terminal-safe.ts';

const WORDS = { ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: 'skip' } as const;
const COLOURS = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;

const STATE_WIDTH = 6;
const INDENT = ' '.repeat(2 + STATE_WIDTH);

export function doctorText(report: DoctorReport, paint: Paint): string {
  const width = Math.max(...report.checks.map(({ title }) => title.length));
  const groups = CHECK_GROUPS.flatMap((group) => {
    const checks = report.checks.filter((check) => check.group === group);
    if (checks.length === 0) return [];
    return [paint('bold', group), ...checks.flatMap((check) => checkLines(check, width, paint)), ''];
  });
  return [...groups, verdict(report, paint), ''].join('\n');
}

function checkLines(check: CheckResult, width: number, paint: Paint): string[] {
  const { state, title, found, ms } = check;
  const word = paint(COLOURS[state], WORDS[state].padEnd(STATE_WIDTH));
  const time = ms === null ? '' : ` [${ms.toFixed(0)} ms]`;
  const first = `  ${word}${safeLine(title).padEnd(width)}  ${safeLine(found)}${time}`;
  return state === 'ok' ? [first] : [first, ...reasonLines(check, paint)];
}

function reasonLines({ state, why, fix }: CheckResult, paint: Paint): string[] {
  const reason = state === 'skipped' ? [] : [`${INDENT}${paint('dim', `why: ${safeLine(why)}`)}`];
  return fix === null ? reason : [...reason, ...fixLines(fix)];
}

function fixLines({ summary, asRoot, script }: Fix): string[] {
  const lines = terminalSafe(script).split('\n');
  return [
    `${INDENT}fix${asRoot ? ', as root' : ''}: ${safeLine(summary)}`,
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
