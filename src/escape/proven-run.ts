/** Runs in which the probe is the program: one that never said a word shows nothing, whatever the run came to. */
import type { RunResult } from '#index.ts';
import type { PlanTransform } from '#internal.ts';
import { isProbe } from './probe-stage.ts';
import { combine } from './relaxations.ts';

/** The first line of every probe (src/native/probe/probe_main.c). */
const FIRST_WORD = 'begin 0\n';

/**
 * `execute` with `transform`, and a look at what was started by it.
 * @throws Error when the probe came to an end of its own without its first word, besides what `execute` throws
 */
export async function provenRun(
  execute: (transform: PlanTransform) => Promise<RunResult>,
  transform: PlanTransform | undefined,
): Promise<RunResult> {
  let isOfProbe = false;
  const look: PlanTransform = {
    program: (plan) => {
      isOfProbe = isProbe(plan.spec.argv);
      return plan;
    },
  };
  const result = await execute(combine(transform === undefined ? [look] : [transform, look]));
  if (isOfProbe && endedByItself(result) && !result.stdout.data.startsWith(FIRST_WORD))
    throw new Error(`the probe said nothing: ${JSON.stringify(result.outcome)}`);
  return result;
}

/** A limit, the filter or a cancellation may come before the first word. */
function endedByItself({ outcome }: RunResult): boolean {
  return outcome.kind === 'exited' || (outcome.kind === 'signaled' && outcome.signal !== 'SIGSYS');
}
