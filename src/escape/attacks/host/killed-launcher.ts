import { readFileSync } from 'node:fs';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';
import { blockDuringRun } from './while-blocked.ts';

/** No policy of ours gives less. */
const WALL_MS = 5000;
/** What dying with a parent may take on a slow host; far below the wall-clock limit. */
const LATEST_MS = 3000;
/** Above the program: init, and one or two processes of the launcher. */
const ANCESTORS = 5;

export const killedLauncher: RunAttack = {
  kind: 'run',
  alone: true,
  id: 'host-killed-launcher',
  category: 'host',
  impact: 'S',
  tier: 2,
  title: 'Outlive the launcher',
  technique:
    'Sleeps for ever; the launcher is killed by SIGKILL from outside, as the OOM killer may, while the supervisor is blocked',
  reference: 'PR_SET_PDEATHSIG of prctl(2); pid_namespaces(7): process 1 takes everything along',
  expected: 'Gone with it: process 1 dies with its parent',
  run: outliveLauncher,
};

async function outliveLauncher(context: AttackContext): Promise<Finding> {
  let killed: number | null = null;
  const blocked = await blockDuringRun(context, WALL_MS, LATEST_MS, (pid) => {
    killed = launcherOf(pid);
    if (killed !== null) process.kill(killed, 'SIGKILL');
  });
  if (blocked === null || killed === null)
    return { verdict: 'error', evidence: ['program or launcher was not found'], control: null };
  const { goneMs } = blocked;
  const text =
    goneMs === null
      ? `still there ${LATEST_MS} ms after the launcher was killed`
      : `gone ${Math.round(goneMs)} ms after the launcher was killed`;
  return withControl(
    { verdict: goneMs === null ? 'escaped' : 'contained', evidence: [text] },
    { place: 'before', fired: true, evidence: ['the program was there, and slept'] },
  );
}

/** Which child of ours the process descends from. */
function launcherOf(pid: number): number | null {
  let at = pid;
  for (let step = 0; step < ANCESTORS; step++) {
    const parent = parentOf(at);
    if (parent === process.pid) return at;
    if (parent <= 1) return null;
    at = parent;
  }
  return null;
}

function parentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0);
}
