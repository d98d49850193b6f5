import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, Judgement } from '#escape/types.ts';

const SHORT_MS = 400;
const LONG_MS = 1200;
/** What the supervisor may need beyond the limit to kill and to reap, on a slow host. */
const GRACE_MS = 3000;

/**
 * A probe that does not end by itself, under two wall limits: both must end it. That the longer one does it later is the
 * control: it was alive until then.
 */
export async function outlive(context: AttackContext, argv: readonly string[]): Promise<Finding> {
  const short = await lifeOf(context, argv, SHORT_MS);
  const long = await lifeOf(context, argv, LONG_MS);
  const judgement: Judgement = {
    verdict: short.isWall && short.wallMs <= SHORT_MS + GRACE_MS ? 'contained' : 'escaped',
    evidence: [short.text],
  };
  const fired = long.isWall && long.wallMs > (SHORT_MS + LONG_MS) / 2;
  return withControl(judgement, { place: `a limit of ${LONG_MS} ms`, fired, evidence: [long.text] });
}

async function lifeOf(
  { run, withProbe }: AttackContext,
  argv: readonly string[],
  limitMs: number,
): Promise<{ readonly isWall: boolean; readonly wallMs: number; readonly text: string }> {
  const start = startProbe(['inline', ...argv]);
  const { outcome, usage } = await run({ limits: { wall: `${limitMs}ms` } }, combine([withProbe, start]));
  const wallMs = usage.wallMs ?? Number.POSITIVE_INFINITY;
  const isWall = outcome.kind === 'limit' && outcome.limit === 'wall';
  const kind = outcome.kind === 'limit' ? `limit ${outcome.limit}` : outcome.kind;
  return { isWall, wallMs, text: `${kind} after ${Math.round(wallMs)} ms, limit ${limitMs} ms` };
}
