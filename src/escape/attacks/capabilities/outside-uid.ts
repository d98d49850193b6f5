import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from '#escape/probe-calls.ts';
import type { AttackContext, Finding, RunAttack } from '#escape/types.ts';

const SLEEP_SECONDS = 2;
const LOOK_MS = 20;

export const outsideUid: RunAttack = {
  kind: 'run',
  id: 'cap-outside-uid',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'The uid that the program has on the host',
  technique: 'Finds the running program from outside by a token on its command line, and reads its uid there',
  reference: 'user_namespaces(7): root of the host owns every sysctl, with capabilities or without',
  expected: "Never 0; where the supervisor is root, not the supervisor's and not that of another run",
  run: attackUid,
};

async function attackUid({ facts, canaries, probe, probeAt }: AttackContext): Promise<Finding> {
  const token = `uid-${canaries.token}`;
  const argv = call(facts.arch, 'nanosleep', `w:${SLEEP_SECONDS},0`, '0');
  const calls = [{ name: token, argv: [argv[0] ?? '', token, ...argv.slice(2)] }];
  const inside = await observe(token, () => probe(calls));
  const control = await observe(token, () => probeAt('plain', calls));
  // For root the plain launcher keeps uid 0; an ordinary user has one uid, in and out.
  const wrong = (uid: number): boolean => uid === 0 || (facts.uid === 0 && uid === process.getuid?.());
  const fired = facts.uid === 0 ? control.some(wrong) : control.length > 0;
  const evidence = [`uid on the host: ${inside.join(', ') || 'the program was not found'}`];
  const verdict =
    inside.length === 0 ? 'error' : inside.some(wrong) ? 'escaped' : fired ? 'contained' : 'not-tested';
  const seen = [`uid on the host: ${control.join(', ') || 'the program was not found'}`];
  return { verdict, evidence, control: { place: 'plain', fired, evidence: seen } };
}

/** Uids of processes with the token on their command line, while `work` runs; launchers of the same name are not meant. */
async function observe(token: string, work: () => Promise<unknown>): Promise<readonly number[]> {
  let done = false;
  const working = work().finally(() => {
    done = true;
  });
  // Awaited below; until then a failure of the run has nobody else to hear of it.
  working.catch(() => {});
  let found: readonly number[] = [];
  while (!done && found.length === 0) {
    found = await uidsWith(token);
    await sleep(LOOK_MS);
  }
  await working;
  return found;
}

async function uidsWith(token: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const uids = await Promise.all(
    pids.map(async (pid) => {
      const cmdline = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const [program = ''] = cmdline.split('\0');
      if (!cmdline.includes(token) || !program.endsWith('warder-probe')) return [];
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const uid = /^Uid:\t(\d+)/m.exec(status)?.[1];
      return uid === undefined ? [] : [Number(uid)];
    }),
  );
  return [...new Set(uids.flat())];
}
