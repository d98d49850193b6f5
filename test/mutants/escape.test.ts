/**
 * A suite that cannot fail proves nothing: each control of the plan is taken away, one at a time, and some attack has to
 * notice. The outcome is the table of docs/escape-mutants.md; WARDER_UPDATE_DOCS=1 writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LIMIT_MUTANTS, NAMESPACE_MUTANTS, PRIVILEGE_MUTANTS } from '../helpers/mutants/controls.ts';
import { openHunter } from '../helpers/mutants/hunt.ts';
import { mountMutants } from '../helpers/mutants/mounts.ts';
import { essence, isNoticed, mutantPage, type Row } from '../helpers/mutants/table.ts';
import { withNsjail } from '../helpers/nsjail.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const PAGE = fileURLToPath(new URL('../../docs/escape-mutants.md', import.meta.url));
const TIMEOUT_MS = 900_000 * SLOWNESS;
const FIXED = [...NAMESPACE_MUTANTS, ...PRIVILEGE_MUTANTS, ...LIMIT_MUTANTS];

// nsjail and root: the table has a column for both engines, and depends on neither uid nor delegation.
withNsjail('controls taken away', () => {
  const rows: Row[] = [];

  test.each(['bubblewrap', 'nsjail'] as const)(
    'the suite notices each on %s',
    async (engine) => {
      const hunter = await openHunter({ kind: 'warder', policy: 'strict', engine });
      try {
        const mutants = [...mountMutants(hunter.plan), ...FIXED].filter(
          (one) => (one.engine ?? engine) === engine,
        );
        for (const mutant of mutants) {
          const found = await hunter.hunt(mutant);
          rows.push({ mutant, engine, found });
          if (process.env['WARDER_MUTANT_LOG'])
            writeFileSync(
              process.env['WARDER_MUTANT_LOG'],
              `${JSON.stringify([engine, mutant.id, found])}\n`,
              { flag: 'a' },
            );
        }
      } finally {
        await hunter.close();
      }
      const own = rows.filter((row) => row.engine === engine);
      const wrong = own.filter((row) => isNoticed(row) === (row.mutant.unseen !== undefined));
      expect(wrong.map(({ mutant, found }) => [mutant.id, found])).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test('docs/escape-mutants.md says what was found', () => {
    const page = mutantPage(rows);
    if (process.env['WARDER_UPDATE_DOCS'] === '1') writeFileSync(PAGE, page);
    expect(essence(page).length).toBeGreaterThan(60);
    // Which /etc files and /proc masks there are is the host's business; the rest must be there.
    const known = new Set(essence(readFileSync(PAGE, 'utf8')));
    const isOfHost = (line: string): boolean => /^(?:mask of|read-only \/etc)/.test(line);
    expect(essence(page).filter((line) => !isOfHost(line) && !known.has(line))).toEqual([]);
  });
});
