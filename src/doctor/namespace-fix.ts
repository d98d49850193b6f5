import { allowUserNamespaces, liftProfile } from './fixes/apparmor.ts';
import { asRoot, setSysctl } from './fixes/shell.ts';
import type { DoctorFacts, Fix, LauncherFacts, Profile } from './types.ts';

/** bubblewrap makes two user namespaces for a run, nsjail one; a few runs at the same time want more. */
const FEW_NAMESPACES = 64;
/** What the kernel sets on a machine of 4 GiB, about. */
const PLENTY = 15_000;

/** Every kind that a sandbox has (namespaces(7)); each has a switch in /proc/sys/user. */
const KINDS = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'] as const;

export interface ScarceKind {
  readonly key: string;
  readonly value: number;
}

/** The switches that leave too few namespaces of their kind, those that leave none first. */
export function scarceNamespaces({ files }: Pick<DoctorFacts, 'files'>): readonly ScarceKind[] {
  const found = KINDS.flatMap((kind) => {
    const value = files.number(`proc/sys/user/max_${kind}_namespaces`);
    return value !== null && value < FEW_NAMESPACES ? [{ key: `user.max_${kind}_namespaces`, value }] : [];
  });
  return found.toSorted((a, b) => a.value - b.value);
}

/** Every kind that is scarce: a sandbox needs all of them. */
export function allowNamespaces(scarce: readonly ScarceKind[]): Fix {
  const keys = scarce.map(({ key }) => key);
  const scripts = keys.map((key) => setSysctl(key, PLENTY).script);
  return asRoot(`Allow ${PLENTY} of them (${keys.join(', ')})`, ...scripts);
}

export const ALLOW_UNPRIVILEGED: Fix = setSysctl(
  'kernel.unprivileged_userns_clone',
  1,
  'Let ordinary users make user namespaces',
);

const LOOSEN_CONTAINER: Fix = asRoot(
  'This looks like a container whose own profile refuses them: start it anew with these options, on the host that runs it',
  "echo 'podman run --security-opt seccomp=unconfined --security-opt unmask=ALL …'",
  "echo 'docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined …'",
);

/** The repair for a launcher that may not make its namespaces, by what this host says about the cause. */
export function namespaceFix(facts: DoctorFacts, launcher: LauncherFacts): Fix {
  const { files } = facts;
  const { engine } = launcher;
  const scarce = scarceNamespaces(facts);
  if (scarce.length > 0) return allowNamespaces(scarce);
  if (files.number('proc/sys/kernel/unprivileged_userns_clone') === 0) return ALLOW_UNPRIVILEGED;
  const confined = confinementFix(facts, launcher);
  if (confined !== undefined) return confined;
  if (engine.found && restrictsByAppArmor(facts)) return allowUserNamespaces(engine.path);
  return LOOSEN_CONTAINER;
}

/** For a launcher that a profile of AppArmor may be keeping from its work. */
export function confinementFix(facts: DoctorFacts, { engine, profile }: LauncherFacts): Fix | undefined {
  if (!engine.found || profile === null || !isConfining(profile)) return undefined;
  return liftProfile(profile.name, engine.path, restrictsByAppArmor(facts));
}

export function isConfining({ mode }: Profile): boolean {
  return mode !== 'complain' && mode !== 'unconfined';
}

/** Either the switch says so, or a user namespace came without its privileges, which nothing else does. */
export function restrictsByAppArmor({ files, native: { survey } }: DoctorFacts): boolean {
  const isOn = files.number('proc/sys/kernel/apparmor_restrict_unprivileged_userns') === 1;
  return isOn || (survey?.['userns'] === '0' && (survey['usernsPrivileges'] ?? '0') !== '0');
}
