import { setTimeout as sleep } from 'node:timers/promises';
import { valuesOf } from '#escape/judging.ts';
import type { Answers, AttackContext, ProbeCall, ProbeOptions } from '#escape/types.ts';

/** How long the first run lives; the longer ones for hosts on which the second one is not there in time. */
const HOLDS_MS = [800, 2500, 8000];
/** How long after it the second one is started, as a part of that. */
const HEAD_START = 0.2;

export interface Meeting {
  readonly maker: Answers;
  /** Of the second run, while the first one lived. */
  readonly during: Answers;
  /** Of a third run, after the first one. */
  readonly after: Answers;
  /** Whether the first two really ran at the same time. */
  readonly overlapped: boolean;
}

type Calls = readonly ProbeCall[];

/** One run makes something and lives on; another one looks for it, and a third one when the first is gone. */
export async function meet(
  context: AttackContext,
  make: Calls | ((holdMs: number) => Calls),
  look: Calls,
  options: ProbeOptions = {},
): Promise<Meeting> {
  let meeting: Meeting = { maker: [], during: [], after: [], overlapped: false };
  for (const holdMs of HOLDS_MS) {
    const calls = typeof make === 'function' ? make(holdMs) : [...make, hold(holdMs)];
    meeting = await meetFor(context, holdMs, calls, look, options);
    if (meeting.overlapped) break;
  }
  return meeting;
}

async function meetFor(
  { probe }: AttackContext,
  holdMs: number,
  make: Calls,
  look: Calls,
  options: ProbeOptions,
): Promise<Meeting> {
  const making = probe(make, options);
  await sleep(holdMs * HEAD_START);
  const looking = probe([hold(0), ...look], options);
  const [maker, during] = await Promise.all([making, looking]);
  const after = await probe(look, options);
  return { maker, during: during.slice(1), after, overlapped: overlap(maker, during) };
}

/** The probe's `hold`: says from when to when it lived. */
function hold(ms: number): ProbeCall {
  return { name: 'hold', argv: ['hold', String(ms)] };
}

function overlap(first: Answers, second: Answers): boolean {
  const [from, to] = times(first);
  const [at] = times(second);
  return from !== undefined && to !== undefined && at !== undefined && from <= at && at < to;
}

function times(answers: Answers): readonly (number | undefined)[] {
  return ['from', 'to'].map((key) => {
    const value = answers.flatMap((answer) => valuesOf(answer, key)).at(-1);
    return value === undefined ? undefined : Number(value);
  });
}
