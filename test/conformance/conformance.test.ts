/**
 * One table of programs on each engine and cgroup driver that is here: outcome, output and limits must be what the table says, to the
 * byte. The matrix is printed at the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWarder, type RunResult, type Warder } from '#index.ts';
import { type Place, places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import type { ConformanceCase } from './case.ts';
import { ENDINGS } from './endings.ts';
import { ISOLATION } from './isolation.ts';
import { LIMITS } from './limits.ts';
import { printMatrix, type Verdicts } from './matrix.ts';
import { selectRows } from './selection.ts';
import { STREAMS } from './streams.ts';

const TABLE: readonly ConformanceCase[] = [...ENDINGS, ...LIMITS, ...STREAMS, ...ISOLATION];
const ROWS = selectRows(TABLE);
const verdicts: Verdicts = new Map();

async function run(warder: Warder, { request, cancelAfterMs }: ConformanceCase): Promise<RunResult> {
  const signal = cancelAfterMs === undefined ? undefined : AbortSignal.timeout(cancelAfterMs);
  return warder.run({ ...request, ...(signal ? { signal } : {}) });
}

const seenFirst = new Map<string, unknown>();

function check(title: string, result: RunResult, { expect: wanted }: ConformanceCase): void {
  const { outcome, stdout, stderr, limitsHit } = result;
  const seen = { outcome, stdout: stdout.data, stderr: stderr.data, limitsHit };
  // Where the table leaves the output open, the first place's is what the others must give.
  expect(seen).toEqual(seenFirst.get(title) ?? seen);
  seenFirst.set(title, seen);
  expect(seen).toEqual({
    outcome: wanted.outcome,
    stdout: wanted.stdout ?? stdout.data,
    stderr: wanted.stderr ?? stderr.data,
    limitsHit: wanted.limitsHit ?? [],
  });
}

function suite(place: Place): void {
  let warder: Warder;
  beforeAll(async () => {
    warder = await createWarder({ engine: place.engine });
  });
  afterAll(() => warder.close());

  test.each(ROWS.map((row) => [`${row.group}: ${row.id}`, row] as const))('%s', async (title, row) => {
    const cells = verdicts.get(title) ?? new Map<string, boolean>();
    verdicts.set(title, cells);
    cells.set(place.name, false);
    check(title, await run(warder, row), row);
    cells.set(place.name, true);
  });
}

test('the table has rows enough, each with a name of its own', () => {
  const titles = TABLE.map(({ group, id }) => `${group}: ${id}`);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.length).toBeGreaterThan(400);
});

test('the core of the table has every way to end, and each group', () => {
  const core = selectRows(TABLE, 'core');
  const endings = (rows: readonly ConformanceCase[]) =>
    new Set(rows.map(({ expect: { outcome } }) => (outcome.kind === 'limit' ? outcome.limit : outcome.kind)));
  expect(endings(core)).toEqual(endings(TABLE));
  expect(new Set(core.map(({ group }) => group))).toEqual(new Set(TABLE.map(({ group }) => group)));
  expect(core.length).toBeLessThan(50);
});

for (const place of places) {
  sandboxed(`conformance on ${place.name}, ${ROWS.length} of ${TABLE.length} rows`, () =>
    place.gate('programs', () => suite(place)),
  );
}

afterAll(() =>
  printMatrix(
    verdicts,
    places.map(({ name }) => name),
  ),
);
