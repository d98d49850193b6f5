/** What takes minutes: the whole suite, what could harm the host included, against each policy for strangers' code. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackPolicies, buildTreeStore, expectContained, type TreeStore } from '../helpers/escape-run.ts';
import { places } from '../helpers/places.ts';
import { rooted } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const TIMEOUT_MS = 180_000 * SLOWNESS;

rooted('the whole suite', () => {
  let store: TreeStore;
  beforeAll(async () => {
    store = await buildTreeStore();
  });
  afterAll(() => store.remove());

  for (const { name, engine, gate } of places) {
    gate(`on ${name}`, () => {
      test.each(['strict', 'production', 'paranoid'])(
        'policy %s: everything is contained or not applicable',
        async (policy) => {
          const { targets } = await attackPolicies(store.env, engine, [policy], true);
          expect(targets.length).toBe(1);
          for (const target of targets) expectContained(target, true);
        },
        TIMEOUT_MS,
      );
    });
  }
});
