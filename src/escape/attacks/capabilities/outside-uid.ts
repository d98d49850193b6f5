import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttackContext, Facts, Finding, ProbeCall, RunAttack } from '#escape/types.ts';

/** How long the program lives; longer where a slow host did not show it in time. */
const LIVES_MS = [2000, 8000];
const LOOK_MS = 20;

export const outsideUid: RunAttack = {
  kind: 'run',
  id: 'cap-outside-uid',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'The ids that the program has on the host',
  technique:
    'Finds the running program from outside by a token on its command line, and reads its uid and its groups there',
  reference: 'user_namespaces(7): root of the host owns every sysctl, with capabilities or without',
  expected:
    "Never 0; where the supervisor is root, not the supervisor's and not that of another run, and none of its groups",
  run: (context) => withGroup(context.facts, () => attackUid(context)),
};

/** No group of a host that anything belongs to. */
const MARK = 1_899_999_999;

/** Where the supervisor is root, it gets a supplementary group for the time of the attack, as a service may have some. */
async function withGroup<T>({ uid }: Facts, work: () => Promise<T>): Promise<T> {
  if (uid !== 0 || process.setgroups === undefined) return work();
  const status = await readFile('/proc/self/status', 'latin1');
  const own = numbersOf(/^Groups:\t(.*)$/m.exec(status)?.[1]);
  process.setgroups([...own, MARK]);
  try {
    return await work();
  } finally {
    process.setgroups([...own]);
  }
}

function numbersOf(text: string | undefined): readonly number[] {
  return (text?.match(/\d+/g) ?? []).map(Number);
}

async function attackUid({ facts, canaries, probe, probeAt }: AttackContext): Promise<Finding> {
  const inside = await observeOnce(canaries.token, probe);
  const control = await observeOnce(canaries.token, (calls) => probeAt('plain', calls));
  // For root the plain launcher keeps uid 0; an ordinary user has one uid, in and out.
  const wrong = ({ uid, groups }: Ids): boolean =>
    uid === 0 || (facts.uid === 0 && (uid === process.getuid?.() || groups.some((gid) => gid !== uid)));
  const fired = facts.uid === 0 ? control.some(wrong) : control.length > 0;
  const evidence = describeIds(inside);
  const verdict =
    inside.length === 0 ? 'error' : inside.some(wrong) ? 'escaped' : fired ? 'contained' : 'not-tested';
  return { verdict, evidence, control: { place: 'plain', fired, evidence: describeIds(control) } };
}

interface Ids {
  readonly uid: number;
  /** The main group, and the supplementary ones. The group of a run has the number of its uid. */
  readonly groups: readonly number[];
}

function describeIds(found: readonly Ids[]): readonly string[] {
  if (found.length === 0) return ['on the host: the program was not found'];
  return found.map(({ uid, groups }) => `on the host: uid ${uid}, groups ${groups.join(' ')}`);
}

async function observeOnce(
  token: string,
  start: (calls: readonly ProbeCall[]) => Promise<unknown>,
): Promise<readonly Ids[]> {
  for (const liveMs of LIVES_MS) {
    const mark = `uid-${liveMs}-${token}`;
    const found = await observe(mark, () => start([{ name: 'ids', argv: ['hold', String(liveMs), mark] }]));
    if (found.length > 0) return found;
  }
  return [];
}

/** Ids of processes with the token on their command line, while `work` runs; launchers of the same name are not meant. */
async function observe(token: string, work: () => Promise<unknown>): Promise<readonly Ids[]> {
  let done = false;
  const working = work().finally(() => {
    done = true;
  });
  // Awaited below; until then a failure of the run has nobody else to hear of it.
  working.catch(() => {});
  let found: readonly Ids[] = [];
  while (!done && found.length === 0) {
    found = await idsWith(token);
    await sleep(LOOK_MS);
  }
  await working;
  return found;
}

async function idsWith(token: string): Promise<readonly Ids[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const [program = ''] = cmdline.split('\0');
      if (!cmdline.includes(token) || !program.endsWith('warder-probe')) return [];
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
      const groups = [/^Gid:\t(\d+)/m, /^Groups:\t(.*)$/m].flatMap((line) =>
        numbersOf(line.exec(status)?.[1]),
      );
      return uid === undefined ? [] : [{ uid: Number(uid), groups }];
    }),
  );
  return found.flat();
}
