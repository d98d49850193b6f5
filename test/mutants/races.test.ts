/**
 * Races with as many tries as a race takes, and how long they need: the table of docs/escape.md, which
 * WARDER_UPDATE_DOCS=1 writes anew. The suite itself has as many as fit into seconds.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackTarget } from '#escape/attack-target.ts';
import { startRace } from '#escape/attacks/cgroups/start-race.ts';
import { artefactSwap } from '#escape/attacks/host/artefact-swap.ts';
import { relaunchRace, relaunchRaceOf } from '#escape/attacks/host/relaunch-race.ts';
import { openSession, type Session } from '#escape/session.ts';
import type { RunAttack } from '#escape/types.ts';
import { places } from '../helpers/places.ts';
import { rooted } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const PAGE = fileURLToPath(new URL('../../docs/escape.md', import.meta.url));
const BLOCK = /(?<=<!-- test\/mutants\/races.test.ts -->\n)[\s\S]*?(?=<!-- end -->)/;
const MANY = 10_000;
const TIMEOUT_MS = 1_200_000 * SLOWNESS;

interface Race {
  readonly attack: RunAttack;
  /** What one try is. */
  readonly what: string;
  readonly tries: string;
}

const RACES: readonly Race[] = [
  {
    attack: artefactSwap,
    what: 'a file and a link change places, by a loop in the probe, before and while files are collected',
    tries: '5 runs of 10 000, and up to 2 000 000 more in each during the collection',
  },
  {
    attack: relaunchRace,
    what: 'the end of a run at some stage of its set-up; no loop of a probe can do that, since what is raced is the start of a launcher',
    tries: '200 runs',
  },
  { attack: relaunchRaceOf(MANY), what: 'the same, in `test/mutants/races.test.ts`', tries: `${MANY} runs` },
  {
    attack: startRace,
    what: 'the first instruction touches 48 MiB: pages stay with the group that they were touched in, so that one try shows it',
    tries: '1',
  },
];

rooted('races', () => {
  const lines = new Map<string, string[]>();
  let session: Session;
  beforeAll(async () => {
    const signal = new AbortController().signal;
    session = await openSession({ env: process.env, policies: ['strict'], signal });
  });
  afterAll(() => session.close());

  for (const { name, engine, gate } of places)
    gate(`on ${name}`, () => {
      test.each(RACES)(
        '$attack.id, $tries',
        async ({ attack, what, tries }) => {
          const options = { attacks: [attack], destructive: false, layers: false, onDone: () => {} };
          const from = performance.now();
          const report = await attackTarget(session, { kind: 'warder', policy: 'strict', engine }, options);
          const seconds = ((performance.now() - from) / 1000).toFixed(1);
          const [found] = report.attacks;
          expect([found?.verdict, found?.evidence]).toEqual(['contained', found?.evidence]);
          expect(found?.control?.fired).toBe(true);
          const key = `| \`${attack.id}\` | ${what} | ${tries} |`;
          lines.set(key, [...(lines.get(key) ?? []), `${seconds} s on ${engine}`]);
        },
        TIMEOUT_MS,
      );
    });

  test('docs/escape.md has them all', () => {
    const rows = [...lines].map(([key, times]) => `${key} ${times.join(', ')} |`);
    const table = ['| attack | a try | tries | time |', '|---|---|---|---|', ...rows, ''].join('\n');
    const page = readFileSync(PAGE, 'utf8');
    if (process.env['WARDER_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page.replace(BLOCK, table));
    const [known = ''] = BLOCK.exec(readFileSync(PAGE, 'utf8')) ?? [];
    for (const key of lines.keys()) expect(known).toContain(key);
  });
});
