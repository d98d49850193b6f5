/** Everything that is taken away, by the policy whose runs have it. */
import { fileURLToPath } from 'node:url';
import type { Prepared } from '#internal.ts';
import { LIMIT_MUTANTS, NAMESPACE_MUTANTS, PRIVILEGE_MUTANTS } from './controls.ts';
import { mountMutants } from './mounts.ts';
import { type Mutant, onSpec } from './mutant.ts';
import { EXPORTER_MUTANTS, NATIVE_MUTANTS, NATIVE_PAIRS } from './native-controls.ts';

const policy = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/policies/${name}.yaml`, import.meta.url));

export const PARANOID_POLICY = policy('paranoid-host');
export const OPEN_POLICY = policy('strict-open');

export const FIXED_MUTANTS: readonly Mutant[] = [
  ...NAMESPACE_MUTANTS,
  ...PRIVILEGE_MUTANTS,
  ...LIMIT_MUTANTS,
  ...NATIVE_MUTANTS,
  ...EXPORTER_MUTANTS,
  ...NATIVE_PAIRS,
];

export function strictMutants({ jail }: Prepared): readonly Mutant[] {
  return [...mountMutants(jail), ...FIXED_MUTANTS];
}

/** LANDLOCK_ACCESS_FS_EXECUTE of linux/landlock.h. */
const EXECUTE = 1;

/** What strict leaves out: the kill for whatever is not allowed, and nothing executed that was written. */
export const PARANOID_MUTANTS: readonly Mutant[] = [
  {
    id: 'a refused call ends the run',
    attacks: ['sc-matrix'],
    remove: onSpec(() => ({ notify: false })),
  },
  {
    id: 'Landlock, written files are not executed',
    attacks: ['fs-exec-written'],
    remove: onSpec(({ landlock }) => ({
      landlock: landlock && {
        ...landlock,
        handledFs: landlock.handledFs - EXECUTE,
        rules: withoutExecute(landlock.rules),
      },
    })),
  },
];

/** A right that is not handled cannot be granted (landlock_add_rule(2)). */
function withoutExecute(rules: readonly { readonly path: string; readonly access: number }[]) {
  return rules
    .map(({ path, access }) => ({ path, access: access % 2 === EXECUTE ? access - EXECUTE : access }))
    .filter(({ access }) => access > 0);
}
