import { type Claim, settle } from '#escape/claims.ts';
import { runTrial } from '#escape/trials.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

/** Each try is a run, since what is raced is its set-up. @param tries a multiple of four */
export function relaunchRaceOf(tries: number): RunAttack {
  return {
    kind: 'run',
    id: 'host-relaunch-race',
    category: 'host',
    impact: 'E',
    tier: 2,
    title: 'End a sandbox between its set-up and its start',
    technique: `${tries} runs with wall-clock limits of 1 to 20 ms, so that the end comes at every stage; then one more`,
    reference: 'isolate (lock of a box); CVE-2021-30465 of runc',
    expected: 'Each ends by its limit or by itself, and the next one finds an empty workspace',
    run: (context) => endEarly(context, tries),
  };
}

/** Seconds. test/mutants/races.test.ts has ten thousand. */
export const relaunchRace = relaunchRaceOf(200);

const LONGEST_MS = 20;
const PLACES = ['/workspace', '/tmp', '/dev/shm'];

async function endEarly(context: AttackContext, tries: number): Promise<Finding> {
  const ends = new Map<string, number>();
  const strange: Claim[] = [];
  for (let turn = 0; turn < tries && !context.signal.aborted; turn += 4) {
    const four = [0, 1, 2, 3].map((more) => endOne(context, turn + more));
    for (const end of await Promise.all(four)) {
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (end !== 'limit wall' && end !== 'exited 0') strange.push({ text: end, holds: false });
    }
  }
  const after = await runTrial(context, { args: ['list', ...PLACES] });
  // Each directory was opened, or its emptiness says nothing.
  const listed = after.stdout.data.match(/^call \/\S+ 0 /gm) ?? [];
  if (!after.ok || listed.length < PLACES.length)
    return { verdict: 'error', evidence: ['the next run did not list its directories'], control: null };
  const isEmpty = !after.stdout.data.includes('\nentry ');
  const told = [...ends].map(([end, count]) => `${count} × ${end}`).join(', ');
  const claims: Claim[] = [
    ...strange,
    { text: told, holds: true },
    { text: 'the next one is empty', holds: isEmpty },
  ];
  return settle(claims, {
    place: 'ends by the limit',
    fired: (ends.get('limit wall') ?? 0) > 0,
    evidence: [told],
  });
}

async function endOne(context: AttackContext, turn: number): Promise<string> {
  const wall = `${1 + (turn % LONGEST_MS)}ms`;
  // One in ten ends by itself, before or after its limit.
  const isBrief = turn % 10 === 0;
  const args = isBrief ? ['ids'] : ['stay', 'pause'];
  const files = [{ path: `left-${turn}`, content: 'x' }];
  const { outcome } = await runTrial(context, { args, request: { files, limits: { wall } } });
  if (outcome.kind === 'limit') return `limit ${outcome.limit}`;
  const end = outcome.kind === 'exited' ? `exited ${outcome.exitCode}` : outcome.kind;
  // It would have been there until its limit came.
  return isBrief ? end : `${end} by itself`;
}
