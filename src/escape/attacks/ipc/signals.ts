import { probesWith, waitForProbe } from '#escape/host-processes.ts';
import { refused } from '#escape/judging.ts';
import { twoSided } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

/** How long the other run lives; longer where it was gone before it was asked for from outside. */
const LIVES_MS = [2000, 8000, 14_000];
const START_MS = 10_000;
/** A jail has fewer processes; a pid of the host below this could be one of its own. */
const OWN_PIDS = 64;

export const signals: RunAttack = {
  kind: 'run',
  id: 'ipc-signals',
  category: 'ipc',
  impact: 'L',
  tier: 1,
  title: 'Signals to another run',
  technique:
    'kill, tgkill, rt_sigqueueinfo and pidfd_open with signal 0 to the pid that the program of another run has on the host',
  reference: 'pid_namespaces(7)',
  expected: 'ESRCH: there is no such process in the namespace',
  run: attackNeighbour,
};

async function attackNeighbour(context: AttackContext): Promise<Finding> {
  let finding: Finding = { verdict: 'error', evidence: ['no run'], control: null };
  for (const liveMs of LIVES_MS) {
    finding = await signalFor(context, liveMs);
    if (finding.verdict !== 'not-tested' && finding.verdict !== 'error') break;
  }
  return finding;
}

async function signalFor(context: AttackContext, liveMs: number): Promise<Finding> {
  const mark = `signals-${liveMs}-${context.canaries.token}`;
  const living = context.probe([{ name: 'neighbour', argv: ['hold', String(liveMs), mark] }]);
  try {
    const pid = (await waitForProbe(mark, START_MS)).at(-1);
    if (pid === undefined || pid < OWN_PIDS)
      return { verdict: 'error', evidence: ['the other run was not found'], control: null };
    const calls = [{ name: 'signals', argv: ['signals', String(pid)] }];
    // First from outside, which takes no sandbox: on a slow host the other run is soon gone.
    const answers = await context.probeAt('host', calls);
    const inside = await context.probe(calls);
    if (!(await probesWith(mark)).includes(pid))
      return { verdict: 'not-tested', evidence: ['the other run ended meanwhile'], control: null };
    const judge = refused({ errnos: ['ESRCH', 'ENOSYS'], reached: ['EPERM'] });
    return twoSided(context, judge, inside, { place: 'host', answers });
  } finally {
    await living;
  }
}
