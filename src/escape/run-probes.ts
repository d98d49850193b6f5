/** Probe calls in one place, to the last: what ends the probe early is the answer of one call, and the rest is run again. */
import { readAnswers } from './answers.ts';
import type { AnswerEnd, Answers, ProbeAnswer, ProbeCall } from './types.ts';

/** One start of the probe with these arguments. `end`: how that ended when it was not as it should; null otherwise. */
export type StartProbe = (
  args: readonly string[],
) => Promise<{ readonly output: string; readonly end: AnswerEnd | null }>;

/** Separates items on the probe's command line. */
const SEPARATOR = ',';

/**
 * @param inOneProcess for policies that allow no child
 * @throws whatever `start` throws
 */
export async function runProbeCalls(
  start: StartProbe,
  calls: readonly ProbeCall[],
  inOneProcess: boolean,
): Promise<Answers> {
  const answers: ProbeAnswer[] = [];
  while (answers.length < calls.length) {
    const rest = calls.slice(answers.length);
    const { output, end } = await start(argumentsOf(rest, inOneProcess));
    const got = readAnswers(rest, output, end);
    answers.push(...(got.length > 0 ? got : [unanswered(rest[0], end)]));
  }
  return answers;
}

function argumentsOf(calls: readonly ProbeCall[], inOneProcess: boolean): readonly string[] {
  const items = calls.flatMap(({ argv }, index) => (index === 0 ? [...argv] : [SEPARATOR, ...argv]));
  return inOneProcess ? ['inline', ...items] : items;
}

function unanswered(call: ProbeCall | undefined, end: AnswerEnd | null): ProbeAnswer {
  return {
    name: call?.name ?? '',
    calls: [],
    lines: [],
    end: end ?? { kind: 'ended', outcome: 'the probe said nothing' },
  };
}
