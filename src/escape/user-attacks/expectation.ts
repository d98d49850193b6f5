/** Whether a run ended as somebody's attack says it would. Pure. */
import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { RunResult } from '#index.ts';
import type { Expectation } from './schema.ts';

type Ended = Pick<RunResult, 'outcome' | 'stdout' | 'stderr'>;

export function isAsExpected(result: Ended, expected: Expectation): boolean {
  const { outcome } = result;
  const [stdout, stderr] = [textOf(result.stdout), textOf(result.stderr)];
  const checks: readonly (readonly [unknown, () => boolean])[] = [
    [expected.exitCode, () => outcome.kind === 'exited' && outcome.exitCode === expected.exitCode],
    [expected.signal, () => outcome.kind === 'signaled' && outcome.signal === expected.signal],
    [expected.denied, () => outcome.kind === 'denied' && outcome.syscall === expected.denied],
    [expected.stdout, () => stdout.includes(expected.stdout ?? '')],
    [expected.stderr, () => stderr.includes(expected.stderr ?? '')],
    [expected.errno, () => namesErrno(`${stdout}\n${stderr}`, expected.errno ?? '')],
  ];
  return checks.every(([wanted, holds]) => wanted === undefined || holds());
}

/** Shells print the message, Python the number, Node the name. */
function namesErrno(text: string, name: string): boolean {
  const number = new Map<string, number>(Object.entries(constants.errno)).get(name);
  const words = [`\\b${name}\\b`];
  if (number !== undefined) {
    const message = getSystemErrorMap().get(-number)?.[1];
    words.push(`\\berrno:? ${number}\\b`, ...(message ? [message.replace(/[^\w ]/g, '.')] : []));
  }
  return new RegExp(words.join('|'), 'i').test(text);
}

const EVIDENCE_CHARACTERS = 300;

/** What happened, for the report. */
export function evidenceOf({ outcome, stdout, stderr }: Ended): readonly string[] {
  const printed = [
    ['stdout', textOf(stdout)],
    ['stderr', textOf(stderr)],
  ] as const;
  return [
    JSON.stringify(outcome),
    ...printed
      .filter(([, text]) => text !== '')
      .map(([name, text]) => `${name}: ${text.slice(0, EVIDENCE_CHARACTERS)}`),
  ];
}

function textOf({ data, encoding }: Ended['stdout']): string {
  return encoding === 'utf8' ? data : Buffer.from(data, 'base64').toString('latin1');
}
