import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type Claim, settle } from '#escape/claims.ts';
import { groupsLeft, groupsOf } from '#escape/group-limits.ts';
import { waitForNoProbe, waitForProbe } from '#escape/host-processes.ts';
import type { AttackContext, ControlFinding, Finding, RunAttack } from '#escape/types.ts';
import { collectGarbage, type Trial, tryProcess } from '#internal.ts';

/** How long the start of a supervisor and of its run may take. */
const START_MS = 60_000;
/** What dying with a supervisor may take on a slow host. */
const LATEST_MS = 5000;
/** How long starts are tried, where the first one could not remove everything. */
const SWEEPS_MS = 10_000;
/** After which what nothing ends is taken to be staying. */
const STAYS_MS = 500;
/** A supervisor that holds nothing of its child. */
const PLAIN = `require('node:child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'ignore' })`;

export const killedSupervisor: RunAttack = {
  kind: 'run',
  alone: true,
  id: 'host-killed-supervisor',
  category: 'host',
  impact: 'S',
  tier: 2,
  title: 'Outlive the supervisor',
  technique:
    'Sleeps for ever under a supervisor of its own, which is killed by SIGKILL from outside; nobody is left who could end the run',
  reference: 'PR_SET_PDEATHSIG of prctl(2); bubblewrap without --die-with-parent leaves its program behind',
  expected:
    'Gone with it: the launcher dies with its parent, and process 1 ends when nobody holds its channel. Its group goes with the next start',
  run: outliveSupervisor,
};

async function outliveSupervisor(context: AttackContext): Promise<Finding> {
  const plain = await outlive((token) => startPlain(context, token), STAYS_MS);
  for (const pid of plain.left) process.kill(pid, 'SIGKILL');
  const control: ControlFinding = {
    place: 'a child of a plain Node process',
    fired: plain.left.length > 0,
    evidence: [describe(plain)],
  };
  const own = await outlive(context.superviseElsewhere, LATEST_MS);
  for (const pid of own.left) process.kill(pid, 'SIGKILL');
  if (!own.wasThere) return { verdict: 'error', evidence: [describe(own)], control };
  const groups = await afterSweeps(own.groups);
  const count = own.groups.length;
  // Where there are groups and none was seen, that none is left says nothing.
  const wasSeen = count > 0 || context.facts.cgroupDriver === 'none';
  const swept = groups.length === 0 ? `${count} groups were removed` : `still there: ${groups.join(', ')}`;
  const claims: Claim[] = [
    { text: describe(own), holds: own.left.length === 0 },
    { text: swept, holds: wasSeen && groups.length === 0 },
  ];
  return settle(claims, control);
}

/** Those of the groups, which nobody was left to remove, that are still there after what every start does. */
async function afterSweeps(groups: readonly string[]): Promise<readonly string[]> {
  const end = performance.now() + SWEEPS_MS;
  let left = groups;
  do {
    // On a busy host a kernel takes longer to take a sandbox down than one of them waits.
    await collectGarbage(process.env);
    left = await groupsLeft(groups);
  } while (left.length > 0 && performance.now() < end);
  return left;
}

interface Outlived {
  readonly wasThere: boolean;
  /** Pids that were still there a while after the supervisor had been killed. */
  readonly left: readonly number[];
  /** Directories of its groups, while it was there. */
  readonly groups: readonly string[];
  readonly end: Trial;
}

function describe({ wasThere, left, end }: Outlived): string {
  const said = end.stderr.trim().split('\n').slice(-3).join(' ');
  if (!wasThere) return `the program was not there: ${end.signal ?? end.exitCode} ${said}`;
  return left.length > 0
    ? `${left.length} processes still there after the supervisor was killed`
    : 'nothing was left after the supervisor was killed';
}

/** @param start a supervisor with the token on its command line, whose program has it as well */
async function outlive(start: (token: string) => Promise<Trial>, latestMs: number): Promise<Outlived> {
  const token = randomBytes(16).toString('hex');
  const ending = start(token);
  const ended = ending.then(() => [] as const);
  const [pid] = await Promise.race([waitForProbe(token, START_MS), ended]);
  const groups = pid === undefined ? [] : await groupsOf(pid);
  for (const supervisor of await childrenWith(token)) process.kill(supervisor, 'SIGKILL');
  const end = await ending;
  const left = await waitForNoProbe(token, latestMs);
  return { wasThere: pid !== undefined && end.signal === 'SIGKILL', left, groups, end };
}

function startPlain({ probePath }: AttackContext, token: string): Promise<Trial> {
  const args = ['-e', PLAIN, probePath, 'inline', 'stay', 'pause', token];
  return tryProcess(process.execPath, args, { ids: null, timeoutMs: START_MS });
}

/** Children of this process that have the token somewhere on their command line. */
async function childrenWith(token: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [status, cmdline] = await Promise.all(
        ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')),
      );
      const isOurs = status?.includes(`\nPPid:\t${process.pid}\n`) && cmdline?.includes(token);
      return isOurs ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}
