/** The lines of src/native/probe/probe.h, read. What is not understood is an error, never an answer. */
import { constants } from 'node:os';
import type { RunResult } from '#index.ts';
import type { AnswerEnd, AnswerLine, CallAnswer, ProbeAnswer, ProbeCall } from './types.ts';

/** What one run of the probe said about its items, from the first on; the rest have no answer yet. */
export function readAnswers(
  calls: readonly ProbeCall[],
  output: string,
  whole: AnswerEnd | null,
): readonly ProbeAnswer[] {
  const answers: ProbeAnswer[] = [];
  for (const [index, lines] of itemsOf(output).entries()) {
    const call = calls[index];
    if (call === undefined) break;
    // The last one: a probe that starts the probe again prints the end of that as well.
    const ended = lines.findLast(({ key }) => key === 'end');
    const reported = ended === undefined ? null : parseEnd(ended.text);
    const end = reported ?? whole ?? { kind: 'ended', outcome: 'no end was reported' };
    // What could not be forked has made none of its calls.
    const made = ended?.text.split(' ')[1] === 'unforked' ? [] : lines;
    const body = made.filter(({ key }) => key !== 'begin' && key !== 'end');
    answers.push({
      name: call.name,
      calls: body.filter(({ key }) => key === 'call').map(({ text }) => parseCall(text)),
      lines: body.filter(({ key }) => key !== 'call'),
      end,
    });
  }
  return answers;
}

function itemsOf(output: string): AnswerLine[][] {
  const items: AnswerLine[][] = [];
  for (const line of output.split('\n')) {
    if (line === '') continue;
    const blank = line.indexOf(' ');
    const key = blank < 0 ? line : line.slice(0, blank);
    const text = blank < 0 ? '' : line.slice(blank + 1);
    // A probe may start the probe again: then another beginning of an earlier item belongs to this one.
    if (key === 'begin' && Number(text) === items.length) items.push([]);
    else items.at(-1)?.push({ key, text: unescapeText(text) });
  }
  return items;
}

function unescapeText(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/** `NAME ERRNO VALUE`; a name may contain blanks. */
function parseCall(text: string): CallAnswer {
  const [, name = text, number = '', value = ''] = /^(.*) (\d+) (-?\d+)$/.exec(text) ?? [];
  return { name, errno: number === '0' ? null : errnoName(Number(number)), value };
}

const ERRNO_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    // Linux has one number for EAGAIN and EWOULDBLOCK, ENOTSUP and EOPNOTSUPP.
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'ENOTSUP')
    .map(([name, number]) => [number, name]),
);
/** Those that Node's table lacks (asm-generic/errno.h). */
const MORE_ERRNOS: Readonly<Record<number, string>> = {
  94: 'ESOCKTNOSUPPORT',
  96: 'EPFNOSUPPORT',
  123: 'ENOMEDIUM',
  125: 'ECANCELED',
  126: 'ENOKEY',
  127: 'EKEYEXPIRED',
};

export function errnoName(number: number): string {
  return ERRNO_NAMES.get(number) ?? MORE_ERRNOS[number] ?? `errno ${number}`;
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals)
    .filter(([name]) => name !== 'SIGIOT' && name !== 'SIGPOLL' && name !== 'SIGUNUSED')
    .map(([name, number]) => [number, name]),
);

/** `K HOW N` */
function parseEnd(text: string): AnswerEnd | null {
  const [, how, number] = text.split(' ');
  switch (how) {
    case 'exited':
      return { kind: 'exited', code: Number(number) };
    case 'signaled':
      return { kind: 'signaled', signal: SIGNAL_NAMES.get(Number(number)) ?? `signal ${number}` };
    case 'timeout':
      return { kind: 'timeout' };
    case 'unforked':
      return { kind: 'ended', outcome: `the probe could not fork: ${errnoName(Number(number))}` };
    default:
      return null;
  }
}

/** What the end of a run means for the item that was under way; null when the run ended as it should. */
export function endOfRun({ outcome }: Pick<RunResult, 'outcome'>): AnswerEnd | null {
  switch (outcome.kind) {
    case 'exited':
      return outcome.exitCode === 0 ? null : { kind: 'exited', code: outcome.exitCode };
    case 'signaled':
      return { kind: 'signaled', signal: outcome.signal };
    case 'denied':
      return { kind: 'denied', syscall: outcome.syscall, abi: outcome.abi };
    case 'limit':
      return { kind: 'ended', outcome: `limit ${outcome.limit}` };
    case 'notStarted':
      return { kind: 'ended', outcome: `not started: ${outcome.errno}` };
    case 'canceled':
      return { kind: 'ended', outcome: 'canceled' };
  }
}
