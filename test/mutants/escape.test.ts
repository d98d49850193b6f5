/**
 * A suite that cannot fail proves nothing: each control of a run is taken away, one at a time, and some attack has to
 * notice. The outcome is the table of docs/escape-mutants.md; WARDER_UPDATE_DOCS=1 writes it anew.
 */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { WarderTarget } from '../../src/escape/target.ts';
import { filterMutants } from '../helpers/mutants/filter-controls.ts';
import { openHunter } from '../helpers/mutants/hunt.ts';
import type { Mutant } from '../helpers/mutants/mutant.ts';
import { OPEN_POLICY, PARANOID_MUTANTS, PARANOID_POLICY, strictMutants } from '../helpers/mutants/mutants.ts';
import { essence, isAsItShould, mutantPage, type Row } from '../helpers/mutants/table.ts';
import { withNsjail } from '../helpers/nsjail.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const PAGE = fileURLToPath(new URL('../../docs/escape-mutants.md', import.meta.url));
const TIMEOUT_MS = 900_000 * SLOWNESS;
/** For whoever changes a control: only those whose id has one of these in it. The page is left alone then. */
const ONLY = (process.env['WARDER_MUTANTS'] ?? '').split(',').filter((word) => word !== '');
const LOG = process.env['WARDER_MUTANT_LOG'];

/** Bit 24 of the capabilities of linux/capability.h. */
const HAS = { CAP_SYS_RESOURCE: (effectiveCapabilities() >> 24n) % 2n === 1n };

type Choose = Parameters<typeof huntAll>[2];

// nsjail and root: the table has rows of both engines, and depends on neither uid nor delegation.
withNsjail('controls taken away', () => {
  const rows: Row[] = [];
  const look = async (name: string, target: WarderTarget, choose: Choose): Promise<void> => {
    const own = await huntAll(name, target, choose);
    rows.push(...own);
    expect(own.length + ONLY.length).toBeGreaterThan(0);
    expect(
      own.filter((row) => !isAsItShould(row)).map(({ mutant, found, alone }) => [mutant.id, found, alone]),
    ).toEqual([]);
  };

  test.each(['bubblewrap', 'nsjail'] as const)(
    'the suite notices each of strict on %s',
    (engine) => look(`strict on ${engine}`, { kind: 'warder', policy: 'strict', engine }, strictMutants),
    TIMEOUT_MS,
  );

  test(
    'and each that only paranoid has',
    () =>
      look(
        'paranoid on bubblewrap',
        { kind: 'warder', policy: PARANOID_POLICY, engine: 'bubblewrap' },
        () => PARANOID_MUTANTS,
      ),
    TIMEOUT_MS,
  );

  test(
    'and each rule of the filter that no policy can lift',
    () =>
      look(
        'strict, open profile, on bubblewrap',
        { kind: 'warder', policy: OPEN_POLICY, engine: 'bubblewrap' },
        filterMutants,
      ),
    TIMEOUT_MS,
  );

  test.skipIf(ONLY.length > 0)('docs/escape-mutants.md says what was found', () => {
    const page = mutantPage(rows);
    if (process.env['WARDER_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
    expect(essence(page).length).toBeGreaterThan(100);
    // Which /etc files and /proc masks there are is the host's business; the rest must be there.
    const known = new Set(essence(readFileSync(PAGE, 'utf8')));
    const isOfHost = (line: string): boolean => /^(?:mask of|read-only \/etc)/.test(line);
    expect(essence(page).filter((line) => !isOfHost(line) && !known.has(line))).toEqual([]);
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

async function huntAll(
  name: string,
  target: WarderTarget,
  choose: (prepared: Awaited<ReturnType<typeof openHunter>>['prepared']) => readonly Mutant[],
): Promise<readonly Row[]> {
  const hunter = await openHunter(target);
  const rows: Row[] = [];
  try {
    const wanted = choose(hunter.prepared).filter(
      ({ id, needs, engine = target.engine }) =>
        engine === target.engine && isWanted(id) && (needs === undefined || HAS[needs]),
    );
    for (const mutant of wanted) {
      const from = performance.now();
      const hunted = await hunter.hunt(mutant).catch((error: unknown) => notHunted(error));
      rows.push({ mutant, target: name, ...hunted });
      const ms = Math.round(performance.now() - from);
      if (LOG) appendFileSync(LOG, `${JSON.stringify([name, mutant.id, ms, hunted])}\n`);
    }
  } finally {
    await hunter.close();
  }
  return rows;
}
