import { readFile } from 'node:fs/promises';
import { lookDuring, probesWith } from '#escape/host-processes.ts';
import type { AttackContext, Facts, Finding, ProbeCall, RunAttack } from '#escape/types.ts';

/** How long the program lives; longer where a slow host did not show it in time. */
const LIVES_MS = [2000, 8000];

export const outsideUid: RunAttack = {
  kind: 'run',
  id: 'cap-outside-uid',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'The ids that the program has on the host',
  technique:
    'Finds two running programs from outside by tokens on their command lines, and reads their uids and groups there',
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
  const inside = await observe(canaries.token, probe);
  const control = await observe(canaries.token, (calls) => probeAt('plain', calls));
  // For root the plain launcher keeps uid 0; an ordinary user has one uid, in and out.
  const wrong = ({ uid, groups }: Ids): boolean =>
    uid === 0 || (facts.uid === 0 && (uid === process.getuid?.() || groups.some((gid) => gid !== uid)));
  const fired = facts.uid === 0 ? control.some(wrong) : control.length > 0;
  const evidence = describeIds(inside);
  const shared = facts.uid === 0 ? await sharedUid(canaries.token, probe) : [];
  if (shared === null)
    return { verdict: 'error', evidence: ['two runs were not seen at once'], control: null };
  const isOut = inside.some(wrong) || shared.length > 0;
  const verdict = inside.length === 0 ? 'error' : isOut ? 'escaped' : fired ? 'contained' : 'not-tested';
  const both = shared.map((uid) => `two runs at once have uid ${uid}`);
  const found = { place: 'plain', fired, evidence: describeIds(control) };
  return { verdict, evidence: [...both, ...evidence], control: found };
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

async function observe(
  token: string,
  start: (calls: readonly ProbeCall[]) => Promise<unknown>,
): Promise<readonly Ids[]> {
  for (const liveMs of LIVES_MS) {
    const mark = `uid-${liveMs}-${token}`;
    const work = () => start([{ name: 'ids', argv: ['hold', String(liveMs), mark] }]);
    const found = await lookDuring(mark, work, idsOf);
    if (found !== null) return found;
  }
  return [];
}

/** Host uids that two runs have at the same time; null when they were not seen together. */
async function sharedUid(token: string, probe: AttackContext['probe']): Promise<readonly number[] | null> {
  for (const liveMs of LIVES_MS) {
    const [first, second] = [`one-${liveMs}-${token}`, `two-${liveMs}-${token}`];
    const start = (mark: string) => probe([{ name: 'ids', argv: ['hold', String(liveMs), mark] }]);
    const work = () => Promise.all([start(first), start(second)]);
    const seen = await lookDuring(first, work, async (pids) => {
      const [own, other] = await Promise.all([idsOf(pids), idsOf(await probesWith(second))]);
      return own && other && own.filter(({ uid }) => other.some((one) => one.uid === uid));
    });
    if (seen !== null) return seen.map(({ uid }) => uid);
  }
  return null;
}

/** null when all of them are gone already. */
async function idsOf(pids: readonly number[]): Promise<readonly Ids[] | null> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
      const groups = [/^Gid:\t(\d+)/m, /^Groups:\t(.*)$/m].flatMap((line) =>
        numbersOf(line.exec(status)?.[1]),
      );
      return uid === undefined ? [] : [{ uid: Number(uid), groups }];
    }),
  );
  const ids = found.flat();
  return ids.length === 0 ? null : ids;
}
