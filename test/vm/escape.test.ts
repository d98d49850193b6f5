/**
 * The escape suite on a host with systemd and cgroup v2, as root and as an ordinary user with a delegated group: each policy on
 * each engine, and what could harm the host inside a group of the suite's own. Five minutes for each under emulation, so each
 * says how it ended as soon as it has.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  attackPolicies,
  buildTreeStore,
  expectContained,
  type TreeStore,
  tellTarget,
} from '../helpers/escape-run.ts';
import { places } from '../helpers/places.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const TIMEOUT_MS = 300_000 * SLOWNESS;
const POLICIES = ['strict', 'production', 'paranoid'];
/** What these machines have for the suite (surroundings.bash): a way out, and swap. Elsewhere they are often not applicable. */
const FURNISHED = ['net-none-egress', 'net-metadata', 'net-dns-exfil', 'res-swap'];

let store: TreeStore;
beforeAll(async () => {
  store = await buildTreeStore();
}, TIMEOUT_MS);
afterAll(() => store.remove());

/** Groups of the suite, wherever on this host. */
function outerGroups(directory = '/sys/fs/cgroup'): readonly string[] {
  const groups = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return groups.flatMap(({ name }) =>
    name.startsWith('warder-escape-') ? [join(directory, name)] : outerGroups(join(directory, name)),
  );
}

for (const { name, engine, gate } of places) {
  gate(`on ${name}`, () => {
    test.each(POLICIES)(
      'policy %s: everything is contained or not applicable',
      async (policy) => {
        const { targets, host, ms } = await attackPolicies(store.env, engine, [policy], true);
        for (const target of targets) process.stdout.write(tellTarget(target, host.uid, ms));
        expect(host.uid).toBe(process.geteuid?.());
        expect(targets.length).toBe(1);
        for (const target of targets) {
          expect(target.facts?.cgroupDriver).toBe('v2');
          expectContained(target, true);
          const furnished = target.attacks.filter(({ id }) => FURNISHED.includes(id));
          expect(furnished.map(({ id, verdict }) => [id, verdict])).toEqual(
            FURNISHED.map((id) => [id, 'contained']),
          );
        }
      },
      TIMEOUT_MS,
    );
  });
}

test('no group of the suite is left', () => {
  expect(outerGroups()).toEqual([]);
});
