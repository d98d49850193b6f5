/**
 * The removals that hosts without CAP_SYS_RESOURCE or swap cannot show (docs/escape-mutants.md): limits on priority, which a
 * run would inherit where the supervisor has higher ones, and the limit of swap. Here root can have those, and there is swap.
 */
import { expect, test } from 'vitest';
import { LIMIT_MUTANTS } from '../helpers/mutants/controls.ts';
import { openHunter } from '../helpers/mutants/hunt.ts';
import { type Mutant, onJail } from '../helpers/mutants/mutant.ts';
import { openWorkshop } from '../helpers/mutants/native-build.ts';
import { isAsItShould } from '../helpers/mutants/table.ts';
import { places } from '../helpers/places.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const TIMEOUT_MS = 120_000 * SLOWNESS;

const SWAP: Mutant = {
  id: 'control group swap',
  attacks: ['res-swap'],
  destructive: true,
  remove: onJail(({ cgroup }) => ({ cgroup: cgroup && { ...cgroup, swapBytes: null } })),
};

for (const { name, engine, gate } of places) {
  gate(`priority and swap, ${name}`, () => {
    test(
      'the suite notices each limit that is taken away',
      async () => {
        const workshop = await openWorkshop();
        const hunter = await openHunter({ kind: 'warder', policy: 'strict', engine }, workshop);
        try {
          const mutants = [...LIMIT_MUTANTS.filter(({ needs }) => needs !== undefined), SWAP];
          const noticed = [];
          for (const mutant of mutants) {
            const row = { mutant, target: name, ...(await hunter.hunt(mutant)) };
            noticed.push([mutant.id, row.found.by, isAsItShould(row)]);
          }
          expect(noticed).toEqual([
            ['limit nice', ['pr-inherited-priority: escaped'], true],
            ['limit rtprio', ['pr-inherited-priority: escaped'], true],
            ['control group swap', ['res-swap: escaped'], true],
          ]);
        } finally {
          await hunter.close();
          await workshop.close();
        }
      },
      TIMEOUT_MS,
    );
  });
}
