/** Everything that is taken away, by the policy whose runs have it. */
import { fileURLToPath } from 'node:url';
import type { Prepared } from '#internal.ts';
import {
  innerFilter,
  LIMIT_MUTANTS,
  NAMESPACE_MUTANTS,
  outerFilter,
  PRIVILEGE_MUTANTS,
  STAND_IN_MUTANTS,
} from './controls.ts';
import { mountMutants } from './mounts.ts';
import { type Mutant, onJail, onSpec, type Removal } from './mutant.ts';
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

/** A host without control groups, and a policy that accepts it. */
export const DEGRADED_POLICY = policy('no-cgroup');
export { STAND_IN_MUTANTS };

export function strictMutants({ jail }: Prepared): readonly Mutant[] {
  return [...mountMutants(jail), ...FIXED_MUTANTS];
}

/** How many files a compiler may leave is no limit of what people get: all of them or none go on to the run. */
const NOT_COMPILED = ['caps on artefacts'];

/** Whatever the plan of a compile phase has; what the native program does, it does in every phase. */
export function compileMutants({ jail }: Prepared): readonly Mutant[] {
  const planned = [...NAMESPACE_MUTANTS, ...PRIVILEGE_MUTANTS, ...LIMIT_MUTANTS];
  const wanted = planned.filter(({ id }) => !NOT_COMPILED.includes(id));
  return [...mountMutants(jail), ...wanted.map(behindItsFilter)];
}

/** No compiler needs another gid, so its filter hides what process 1 could have been. */
function behindItsFilter(mutant: Mutant): Mutant {
  if (mutant.id !== 'gid inside is not 0') return mutant;
  return { ...mutant, behind: { id: 'both filters', remove: { ...innerFilter, ...outerFilter } } };
}

/** What a compile phase is denied that the run of the same policy has. @param run its plan */
export function compileApart({ jail, program }: Prepared): readonly Mutant[] {
  const { filter, notify, landlock } = program.spec;
  const behind: Removal = { id: 'launcher filter', remove: outerFilter };
  return [
    {
      id: 'compile phase: no mount of the policy',
      attacks: ['fs-mount-flags'],
      remove: onJail(() => ({ mounts: jail.mounts })),
    },
    {
      id: 'compile phase: a filter of its own',
      attacks: ['sc-matrix'],
      remove: onSpec(() => ({ filter, notify })),
      behind,
    },
    {
      id: 'compile phase: no network',
      attacks: ['sc-argbits-socket'],
      // Its rules name the mount, which a compile phase does not have.
      remove: onSpec(({ landlock: own }) => ({
        ...{ filter, notify },
        landlock: own && landlock && { ...own, handledNet: landlock.handledNet },
      })),
      behind,
    },
  ];
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
