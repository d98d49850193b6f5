/**
 * A suite that cannot fail proves nothing: each control of a run is taken away, one at a time, and some attack has to
 * notice. The outcome is the table of docs/escape-mutants.md; WARDER_UPDATE_DOCS=1 writes it anew.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WarderTarget } from '#escape/target.ts';
import { filterMutants } from '../helpers/mutants/filter-controls.ts';
import { openGenerousPolicy } from '../helpers/mutants/generous-policy.ts';
import { type Hunter, openHunter } from '../helpers/mutants/hunt.ts';
import type { Mutant } from '../helpers/mutants/mutant.ts';
import {
  compileApart,
  compileMutants,
  DEGRADED_POLICY,
  OPEN_POLICY,
  PARANOID_MUTANTS,
  PARANOID_POLICY,
  STAND_IN_MUTANTS,
  strictMutants,
} from '../helpers/mutants/mutants.ts';
import { openWorkshop, type Workshop } from '../helpers/mutants/native-build.ts';
import { compilePhase, type Scene, withoutGroups } from '../helpers/mutants/scenes.ts';
import { essence, isAsItShould, type LeftOut, mutantPage, type Row } from '../helpers/mutants/table.ts';
import { withNsjail } from '../helpers/nsjail.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const PAGE = fileURLToPath(new URL('../../docs/escape-mutants.md', import.meta.url));
const TIMEOUT_MS = 900_000 * SLOWNESS;
/** For whoever changes a control: only those whose id has one of these in it. The page is left alone then. */
const ONLY = (process.env['WARDER_MUTANTS'] ?? '').split(',').filter((word) => word !== '');
const LOG = process.env['WARDER_MUTANT_LOG'];

/** Bit 24 of the capabilities of linux/capability.h. */
const HAS = { CAP_SYS_RESOURCE: (effectiveCapabilities() >> 24n) % 2n === 1n };

type Choose = (prepared: Hunter['prepared']) => readonly Mutant[];

// nsjail and root: the table has rows of both engines, and depends on neither uid nor delegation.
withNsjail('controls taken away', () => {
  const rows: Row[] = [];
  const leftOut: LeftOut[] = [];
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = await openWorkshop();
  });
  afterAll(() => workshop.close());

  const look = async (name: string, target: WarderTarget, choose: Choose, scene?: Scene): Promise<void> => {
    const hunter = await openHunter(target, workshop, scene);
    const wanted = choose(hunter.prepared).filter(({ engine = target.engine }) => engine === target.engine);
    leftOut.push(...wanted.filter(isLeftOut).map((mutant) => ({ mutant, target: name })));
    const own = await huntAll(name, hunter, wanted);
    rows.push(...own);
    expect(own.length + ONLY.length).toBeGreaterThan(0);
    expect(
      own.filter((row) => !isAsItShould(row)).map(({ mutant, found, alone }) => [mutant.id, found, alone]),
    ).toEqual([]);
  };

  describe.each(['bubblewrap', 'nsjail'] as const)('on %s', (engine) => {
    const on = (policy: string): WarderTarget => ({ kind: 'warder', policy, engine });

    test(
      'the suite notices each of strict',
      () => look(`strict on ${engine}`, on('strict'), strictMutants),
      TIMEOUT_MS,
    );

    test(
      'and each that only paranoid has',
      () => look(`paranoid on ${engine}`, on(PARANOID_POLICY), () => PARANOID_MUTANTS),
      TIMEOUT_MS,
    );

    test(
      'and each rule of the filter that no policy can lift',
      () => look(`strict, open profile, on ${engine}`, on(OPEN_POLICY), filterMutants),
      TIMEOUT_MS,
    );

    test(
      'and what stands in where no control group counts',
      () =>
        look(
          `strict without groups on ${engine}`,
          on(DEGRADED_POLICY),
          () => STAND_IN_MUTANTS,
          withoutGroups,
        ),
      TIMEOUT_MS,
    );

    test(
      'and each of the compile phase',
      () => look(`strict, compile phase, on ${engine}`, on('strict'), compileMutants, compilePhase),
      TIMEOUT_MS,
    );

    test(
      'and what a compile phase is denied that the run has',
      async () => {
        const { policy, run, close } = await openGenerousPolicy(engine);
        const apart = compileApart(run);
        const name = `strict and more, compile phase, on ${engine}`;
        await look(name, on(policy), () => apart, compilePhase).finally(close);
      },
      TIMEOUT_MS,
    );
  });

  test.skipIf(ONLY.length > 0)('docs/escape-mutants.md says what was found', () => {
    const page = mutantPage(rows, leftOut);
    if (process.env['WARDER_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
    expect(essence(page).length).toBeGreaterThan(100);
    // Which /etc files and /proc masks there are is the host's business; the rest must be there.
    const known = new Set(essence(readFileSync(PAGE, 'utf8')));
    const isOfHost = (line: string): boolean => /^(?:mask of|read-only \/etc)/.test(line);
    const found = new Set(essence(page));
    expect([...found].filter((line) => !isOfHost(line) && !known.has(line))).toEqual([]);
    expect([...known].filter((line) => !isOfHost(line) && !found.has(line))).toEqual([]);
  });
});

function effectiveCapabilities(): bigint {
  const found = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  return BigInt(`0x${found?.[1] ?? '0'}`);
}

/** Not noticed, and why: the others are hunted all the same. */
function notHunted(error: unknown) {
  const found = { by: [], refused: null };
  return { found, alone: [{ id: String(error), found: { by: [String(error)], refused: null } }] };
}

const isWanted = (id: string): boolean => ONLY.length === 0 || ONLY.some((word) => id.includes(word));

/** The host lacks what makes the loss matter. */
function isLeftOut({ needs }: Mutant): boolean {
  return needs !== undefined && !HAS[needs];
}

async function huntAll(target: string, hunter: Hunter, mutants: readonly Mutant[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  try {
    for (const mutant of mutants.filter((one) => isWanted(one.id) && !isLeftOut(one))) {
      const from = performance.now();
      const hunted = await hunter.hunt(mutant).catch((error: unknown) => notHunted(error));
      rows.push({ mutant, target, ...hunted });
      const ms = Math.round(performance.now() - from);
      if (LOG) appendFileSync(LOG, `${JSON.stringify([target, mutant.id, ms, hunted])}\n`);
    }
  } finally {
    await hunter.close();
  }
  return rows;
}
