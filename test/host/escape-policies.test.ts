/** The whole suite against `production`, on each engine, in a tree built of this host's files; `paranoid` is in test/mutants. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attackPolicies, buildTreeStore, expectContained, type TreeStore } from '../helpers/escape-run.ts';
import { places } from '../helpers/places.ts';
import { leafDirectories, rooted, sandboxProcesses } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

/** What the issue asks for is a minute on two processors; the others of this machine may be busy. */
const BUDGET_MS = 60_000 * SLOWNESS;

rooted('policy production', () => {
  let store: TreeStore;
  beforeAll(async () => {
    store = await buildTreeStore();
  });
  afterAll(() => store.remove());

  for (const { name, engine, gate } of places) {
    gate(`on ${name}`, () => {
      test('everything is contained or not applicable, within a minute; nothing is left', {
        timeout: 2 * BUDGET_MS,
      }, async () => {
        const { targets, ms } = await attackPolicies(store.env, engine, ['production'], false);
        for (const target of targets) expectContained(target, false);
        expect(targets.length).toBe(1);
        expect(ms).toBeLessThan(BUDGET_MS);
        expect(sandboxProcesses()).toEqual([]);
        expect(await leafDirectories()).toEqual([]);
      });
    });
  }
});
