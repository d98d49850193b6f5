/**
 * Every system call, made in real supervised runs: the kernel's answers must be those of the model, row by row. An
 * errno alone does not show who said it, so every row is also made behind a marked program (the same filter, its errnos
 * raised out of the kernel's range) and behind none; a row that none of them tells apart is counted as ambiguous.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFilter, resolveFilter } from '#seccomp/build-filter.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import type { NetworkMode } from '#seccomp/prologue-sockets.ts';
import { filterRequest, SHIPPED_PROFILES } from '../helpers/filters.ts';
import { gate } from '../helpers/gate.ts';
import {
  type MatrixRow,
  markedAgrees,
  markProgram,
  matrixRows,
  runAgrees,
  UNFILTERED_BY_KERNEL,
} from '../helpers/matrix-rows.ts';
import { MatrixRunner } from '../helpers/matrix-runner.ts';
import { places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { buildProbe, probeByHand, removeProbe } from '../helpers/syscall-probe.ts';

const probe = buildProbe();
const probed = gate('static C compiler', probe.problem === '', probe.problem);
const NETWORKS: readonly NetworkMode[] = ['none', 'loopback'];
const MINUTES = 60_000;

/** sync(2) flushes the file systems of the host: it is made behind filters that refuse it only. It cannot fail. */
const NOT_UNFILTERED: ReadonlySet<number> = new Set([162]);

/** A run for each number takes its time, and what ends it is init, the same everywhere: once in full, then samples. */
function everyOf({ network }: Setting, engine: string): number {
  return network === 'none' && engine === 'bubblewrap' ? 1 : 8;
}

interface Setting {
  readonly profile: string;
  readonly network: NetworkMode;
}

interface Column extends Setting {
  readonly filter: SeccompFilter;
  readonly rows: readonly MatrixRow[];
  /** Row → answer behind the marked program. */
  readonly marked: ReadonlyMap<string, string>;
}

const summary: string[] = [];
const columns = new Map<string, Promise<Column>>();
const unfiltered = new Map<string, string>();

const settings = [...SHIPPED_PROFILES.keys()].flatMap((profile) =>
  NETWORKS.map((network): Setting => ({ profile, network })),
);
const nameOf = ({ profile, network }: Setting): string => `${profile}, network ${network}`;

function columnOf(setting: Setting): Promise<Column> {
  const known = columns.get(nameOf(setting)) ?? openColumn(setting);
  columns.set(nameOf(setting), known);
  return known;
}

async function openColumn(setting: Setting): Promise<Column> {
  const request = filterRequest(setting.profile, { network: setting.network });
  const filter = resolveFilter(request);
  const rows = matrixRows(filter).filter(({ nr }) => !UNFILTERED_BY_KERNEL.has(nr));
  const texts = rows.map(({ text }) => text);
  const marked = await probeByHand(probe, texts, markProgram(buildFilter(request).program));
  return { ...setting, filter, rows, marked };
}

/** The kernel's own answers, asked once for all settings; foreign ABIs need none, since only a filter kills. */
async function answersWithoutFilter(rows: readonly MatrixRow[]): Promise<ReadonlyMap<string, string>> {
  const open = rows.filter(
    ({ text, nr, expected }) =>
      expected.kind !== 'killProcess' && !unfiltered.has(text) && !NOT_UNFILTERED.has(nr),
  );
  const answers = await probeByHand(
    probe,
    open.map(({ text }) => text),
  );
  for (const [text, answer] of answers) unfiltered.set(text, answer);
  return unfiltered;
}

probed('system calls behind the marked program', () => {
  sandboxed('in bubblewrap', () => {
    test.each(settings)(
      '$profile, network $network: the filter answers where the model says',
      async (setting) => {
        const { rows, marked, filter } = await columnOf(setting);
        const wrong = rows.filter((row) => !markedAgrees(row, marked.get(row.text) ?? 'none'));
        expect(wrong.map((row) => describeRow(row, marked.get(row.text))).slice(0, 10)).toEqual([]);
        expect(rows.length).toBeGreaterThan(filter.entries.length * 4);
      },
      2 * MINUTES,
    );

    test('a filter that differs from the model in one call is noticed by the rows of that call', async () => {
      const getpgid = 121;
      const { rows } = await columnOf({ profile: 'default', network: 'none' });
      const denied = filterRequest('default', { deny: ['getpgid'], onViolation: 'killProcess' });
      const texts = rows.map(({ text }) => text);
      const answers = await probeByHand(probe, texts, markProgram(buildFilter(denied).program));
      const wrong = rows.filter((row) => !markedAgrees(row, answers.get(row.text) ?? 'none'));
      expect(wrong.map(({ nr }) => nr)).toEqual([getpgid, getpgid]);
    });
  });
});

for (const place of places) {
  probed(`system calls in supervised runs on ${place.name}`, () => {
    sandboxed('matrix', () =>
      place.gate('every row', () => {
        const runner = new MatrixRunner(probe, place.engine);
        beforeAll(() => runner.open());
        afterAll(() => runner.close());
        test.each(settings)(
          '$profile, network $network',
          async (setting) => {
            const column = await columnOf(setting);
            const seen = await runner.run(column.rows, { ...column, every: everyOf(setting, place.engine) });
            const without = await answersWithoutFilter(column.rows);
            const wrong = [...seen].filter(
              ([row, answer]) => !runAgrees(row, answer, column.marked.get(row.text) ?? ''),
            );
            expect(wrong.map(([row, answer]) => describeRow(row, answer)).slice(0, 10)).toEqual([]);
            summary.push(`${nameOf(setting)}, ${place.name}: ${countRows([...seen], column, without)}`);
          },
          5 * MINUTES,
        );
      }),
    );
  });
}

afterAll(() => {
  removeProbe(probe);
  process.stdout.write(`\nsystem call matrix\n${summary.map((line) => `  ${line}\n`).join('')}`);
});

function describeRow({ text, expected }: MatrixRow, answer: string | undefined): string {
  return `${text}: ${answer}, model ${JSON.stringify(expected)}`;
}

/** How many rows there were, and what tells the filter's answers from the kernel's. */
function countRows(
  seen: readonly (readonly [MatrixRow, string])[],
  { marked, rows }: Column,
  without: ReadonlyMap<string, string>,
): string {
  const plain = seen.filter(([row, answer]) => tellsApart(row, answer, without.get(row.text)));
  const rest = seen.filter(([row, answer]) => !tellsApart(row, answer, without.get(row.text)));
  const ambiguous = rest.filter(([row]) => !markedAgrees(row, marked.get(row.text) ?? ''));
  const listed = ambiguous.length === 0 ? '' : ` (${ambiguous.map(([{ text }]) => text).join(' ')})`;
  const left =
    rows.length === seen.length ? '' : `, ${rows.length - seen.length} rows behind the marked program only`;
  return `${seen.length} rows equal, ${plain.length} told apart by a run without filter, ${rest.length - ambiguous.length} by the marked program only, ${ambiguous.length} ambiguous${listed}${left}; not judged: ${[...UNFILTERED_BY_KERNEL].join(' and ')}`;
}

/** Whether the answer would have been another without the filter, or no filter could have given it. */
function tellsApart(row: MatrixRow, answer: string, without: string | undefined): boolean {
  if (row.expected.kind === 'killProcess' || row.expected.kind === 'notify') return true;
  if (row.expected.kind === 'allow') return !row.byFilter.has(answer);
  return NOT_UNFILTERED.has(row.nr) || (without !== undefined && without !== answer);
}
