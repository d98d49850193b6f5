/** Judges that most attacks are made of. All pure; each gives the exact answers as evidence. */
import type { Answers, CallAnswer, JudgeContext, Judgement, ProbeAnswer } from './types.ts';

type Judge = (answers: Answers, context: JudgeContext) => Judgement;

export interface RefusalRules {
  /** The errnos that count as refused; a kill by the filter always does. */
  readonly errnos: readonly string[];
  /** Errnos which show that the call got past every check: the kernel looked at its arguments. */
  readonly reached?: readonly string[];
  /** Only calls with these names are judged; the others prepare. Default: all. */
  readonly calls?: readonly string[];
}

/** Every call must be refused with one of these errnos, or end the run by the filter's record. */
export function refused(rules: RefusalRules): Judge {
  return (answers) => {
    const judged = answers.flatMap((answer) => judgeAnswer(answer, rules));
    if (judged.length === 0) return { verdict: 'error', evidence: ['the probe made no such call'] };
    return {
      verdict: worst(judged.map(({ verdict }) => verdict)),
      evidence: worstFirst(judged).map(({ text }) => text),
    };
  };
}

interface Judged {
  readonly verdict: Judgement['verdict'];
  readonly text: string;
}

function judgeAnswer(answer: ProbeAnswer, rules: RefusalRules): readonly Judged[] {
  const { errnos, reached = [], calls: names } = rules;
  const calls = answer.calls.filter(({ name }) => names?.includes(name) ?? true);
  const judged = calls.map((call): Judged => {
    const text = describeCall(call);
    if (call.errno === null || reached.includes(call.errno)) return { verdict: 'escaped', text };
    if (errnos.includes(call.errno)) return { verdict: 'contained', text };
    return { verdict: 'error', text: `${text}, which was not expected` };
  });
  const ended = describeEnd(answer);
  if (ended === null) return judged;
  // A probe that was stopped has not shown that the calls it did not come to are refused; but it can make none.
  return [...judged, { verdict: isKill(answer) ? 'contained' : 'error', text: ended }];
}

/** Ended by a filter: init's record, or the kernel's own kill. */
export function isKill({ end }: ProbeAnswer): boolean {
  return end.kind === 'denied' || (end.kind === 'signaled' && end.signal === 'SIGSYS');
}

export function describeCall({ name, errno, value }: CallAnswer): string {
  return `${name}: ${errno ?? `succeeded (${value})`}`;
}

/** null when the probe ended by itself. */
export function describeEnd({ name, end }: ProbeAnswer): string | null {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? null : `${name}: exited with ${end.code}`;
    case 'signaled':
      return `${name}: ended by ${end.signal}`;
    case 'timeout':
      return `${name}: no end`;
    case 'denied':
      return `${name}: the filter ended the run at ${end.syscall} (${end.abi})`;
    case 'ended':
      return `${name}: ${end.outcome}`;
  }
}

const ORDER: readonly Judgement['verdict'][] = ['escaped', 'error', 'weak', 'contained', 'not-applicable'];

/** An escape outweighs everything, a failure what was contained. */
export function worst(verdicts: readonly Judgement['verdict'][]): Judgement['verdict'] {
  return ORDER.find((verdict) => verdicts.includes(verdict)) ?? 'error';
}

/** What decides is read first: reports show the beginning of the evidence, some only its first line. */
function worstFirst<J extends Pick<Judgement, 'verdict'>>(judged: readonly J[]): readonly J[] {
  return judged.toSorted((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict));
}

/** Several judges of the same answers. */
export function all(...judges: readonly Judge[]): Judge {
  return (answers, context) => {
    const judgements = judges.map((judge) => judge(answers, context));
    return {
      verdict: worst(judgements.map(({ verdict }) => verdict)),
      evidence: worstFirst(judgements).flatMap(({ evidence }) => evidence),
    };
  };
}

/** Another judge for the answers with these names. */
export function only(names: readonly string[], judge: Judge): Judge {
  return (answers, context) =>
    judge(
      answers.filter(({ name }) => names.includes(name)),
      context,
    );
}

const ABSENT = ['ENOENT', 'ENOSYS', 'ENODEV', 'ENXIO', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'];

/** For what not every kernel has: where a control finds nothing either, the attack is not applicable. */
export function ifPresent(judge: Judge): Judge {
  return (answers, context) => {
    const calls = answers.flatMap((answer) => answer.calls);
    const isAbsent = calls.length > 0 && calls.every(({ errno }) => errno !== null && ABSENT.includes(errno));
    if (context.place === 'sandbox' || !isAbsent) return judge(answers, context);
    return {
      verdict: 'not-applicable',
      evidence: calls.map((call) => `${describeCall(call)} on the host too`),
    };
  };
}

/** The run's token must be in nothing that the probes could read. */
export const tokenAbsent: Judge = (answers, { canaries: { token } }) => {
  const leaks = answers.filter((answer) => contentOf(answer).includes(token));
  if (leaks.length === 0)
    return { verdict: 'contained', evidence: ['no token of the host in what was read'] };
  return { verdict: 'escaped', evidence: leaks.map(({ name }) => `${name}: holds the token of the host`) };
};

/** Everything that `read` printed, joined: a token may lie across two lines. */
export function contentOf({ lines }: ProbeAnswer): string {
  return lines
    .filter(({ key }) => key === 'data' || key === 'target' || key === 'entry')
    .map(({ text, key }) => (key === 'data' ? text : `${text}\n`))
    .join('');
}

/** Values of lines with this key. */
export function valuesOf({ lines }: ProbeAnswer, key: string): readonly string[] {
  return lines.filter((line) => line.key === key).map(({ text }) => text);
}
