/**
 * The removals that a host without CAP_SYS_RESOURCE cannot show (docs/escape-mutants.md): limits on priority, which a run
 * would inherit where the supervisor has higher ones. Here root can have those.
 */
import { expect, test } from 'vitest';
import { LIMIT_MUTANTS } from '../helpers/mutants/controls.ts';
import { openHunter } from '../helpers/mutants/hunt.ts';
import { openWorkshop } from '../helpers/mutants/native-build.ts';
import { isAsItShould } from '../helpers/mutants/table.ts';
import { places } from '../helpers/places.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const TIMEOUT_MS = 120_000 * SLOWNESS;

for (const { name, engine, gate } of places) {
  gate(`priority, ${name}`, () => {
    test(
      'the suite notices each limit that is taken away',
      async () => {
        const workshop = await openWorkshop();
        const hunter = await openHunter({ kind: 'warder', policy: 'strict', engine }, workshop);
        try {
          const mutants = LIMIT_MUTANTS.filter(({ needs }) => needs !== undefined);
          expect(mutants.map(({ id }) => id)).toEqual(['limit nice', 'limit rtprio']);
          for (const mutant of mutants) {
            const row = { mutant, target: name, ...(await hunter.hunt(mutant)) };
            expect([mutant.id, row.found.by, isAsItShould(row)]).toEqual([
              mutant.id,
              ['pr-inherited-priority: escaped'],
              true,
            ]);
          }
        } finally {
          await hunter.close();
          await workshop.close();
        }
      },
      TIMEOUT_MS,
    );
  });
}
