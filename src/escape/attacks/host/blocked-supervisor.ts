import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { blockDuringRun } from './while-blocked.ts';

/** The others where a slow host did not show the program in time. */
const WALLS_MS = [500, 5000, 5000, 5000] as const;
/** What init waits beyond the limit, and what killing takes on a slow host. */
const GRACE_MS = 3000;

export const blockedSupervisor: RunAttack = {
  kind: 'run',
  alone: true,
  id: 'host-blocked-supervisor',
  category: 'host',
  impact: 'S',
  tier: 1,
  title: 'Outlive a supervisor that is blocked',
  technique: 'Sleeps for ever while the supervisor neither looks nor acts, long past the wall-clock limit',
  reference: 'signal(7), SIGSTOP; Node.js: an event loop that is blocked fires no timer',
  expected: 'Gone a second after the limit, by the clock of init',
  run: outliveBlocked,
};

async function outliveBlocked(context: AttackContext): Promise<Finding> {
  for (const [turn, wallMs] of WALLS_MS.entries()) {
    const blocked = await blockDuringRun(context, wallMs, wallMs + GRACE_MS);
    if (blocked === null) continue;
    const { goneMs } = blocked;
    const text =
      goneMs === null
        ? `still there ${wallMs + GRACE_MS} ms after it was found, limit ${wallMs} ms`
        : `gone after ${Math.round(goneMs)} ms, limit ${wallMs} ms`;
    // Had the supervisor been able to act, it would have gone at the limit.
    const fired = goneMs === null || goneMs > wallMs;
    // It was found more than a second after its start: init's deadline then comes before the time that would tell.
    if (!fired && turn < WALLS_MS.length - 1) continue;
    return withControl(
      { verdict: goneMs === null ? 'escaped' : 'contained', evidence: [text] },
      { place: 'the supervisor’s own deadline', fired, evidence: ['passed while it was blocked'] },
    );
  }
  return { verdict: 'error', evidence: ['the program was never seen'], control: null };
}
