import { failed, ok, skipped, warning } from './findings.ts';
import { allowUserNamespaces } from './fixes/apparmor.ts';
import { asRoot } from './fixes/shell.ts';
import {
  ALLOW_UNPRIVILEGED,
  allowNamespaces,
  namespaceFix,
  restrictsByAppArmor,
  scarceNamespaces,
} from './namespace-fix.ts';
import type { Check, DoctorFacts, Finding, LauncherFacts } from './types.ts';

/** bubblewrap makes a second one inside the first. */
const NEEDED_FOR_A_RUN = 2;

const UNMASK_PROC = asRoot(
  'Start this container anew with an unmasked /proc; for a service, set ProtectKernelTunables=no, ProtectKernelLogs=no and ProcSubset=all in its unit',
  "echo 'podman run --security-opt unmask=ALL …'",
  "echo 'docker run --security-opt systempaths=unconfined …'",
);

export const NAMESPACE_CHECKS: readonly Check[] = [
  {
    id: 'namespaces.limits',
    group: 'namespaces',
    title: 'Namespaces that may be made',
    why: 'Each sandbox has seven kinds of them; a limit of 0 forbids a kind altogether',
    judge: judgeLimits,
  },
  {
    id: 'namespaces.unprivileged',
    group: 'namespaces',
    title: 'User namespaces for ordinary users',
    why: 'Launchers are started under an unprivileged uid, also when warder is root',
    judge: judgeUnprivileged,
  },
  {
    id: 'namespaces.user',
    group: 'namespaces',
    title: 'A user namespace, made as the uid of a run',
    why: 'The switches do not tell everything: a security module, a service or a container may refuse',
    judge: judgeUser,
  },
  {
    id: 'namespaces.appArmor',
    group: 'namespaces',
    title: 'Privileges inside a user namespace',
    why: 'Ubuntu takes them from programs that no AppArmor profile allows them, and then nothing can be mounted',
    judge: judgeAppArmor,
  },
  {
    id: 'namespaces.proc',
    group: 'namespaces',
    title: '/proc is not covered',
    why: 'The kernel lets a user mount a new /proc only where all of the old one is visible; containers and services cover parts',
    judge: judgeProc,
  },
];

function judgeLimits(facts: DoctorFacts): Finding {
  const scarce = scarceNamespaces(facts);
  const [worst] = scarce;
  if (worst === undefined) return ok('enough of every kind');
  const found = scarce.map(({ key, value }) => `${key} is ${value}`).join(', ');
  const fix = allowNamespaces(scarce);
  return worst.value < NEEDED_FOR_A_RUN
    ? { ...failed(found, fix), code: 'HOST_USERNS_DENIED' }
    : warning(found, fix);
}

function judgeUnprivileged({ files }: DoctorFacts): Finding {
  const value = files.number('proc/sys/kernel/unprivileged_userns_clone');
  if (value === null) return ok('this kernel has no switch for it');
  return value === 0
    ? { ...failed('kernel.unprivileged_userns_clone is 0', ALLOW_UNPRIVILEGED), code: 'HOST_USERNS_DENIED' }
    : ok(`kernel.unprivileged_userns_clone is ${value}`);
}

function judgeUser(facts: DoctorFacts): Finding {
  const answer = facts.native.survey?.['userns'];
  if (answer === undefined) return skipped('not asked: the native program cannot be executed');
  if (answer === '0') return ok('made');
  const launcher = neededLauncher(facts);
  // A profile may allow the launcher what it refuses to others, so the launcher's own trial decides.
  if (isBuilding(launcher)) return ok(`refused to our own probe (${answer}), but ${launcher.name} may`);
  return { ...failed(answer, namespaceFix(facts, launcher)), code: 'HOST_USERNS_DENIED' };
}

function judgeAppArmor(facts: DoctorFacts): Finding {
  if (facts.native.survey === null) return skipped('not asked: the native program cannot be executed');
  if (!restrictsByAppArmor(facts)) return ok('not restricted');
  const launcher = neededLauncher(facts);
  if (isBuilding(launcher)) return ok(`restricted, and ${launcher.name} has a profile that allows them`);
  const fix = launcher.engine.found ? allowUserNamespaces(launcher.engine.path) : undefined;
  return {
    ...failed(`restricted, and ${launcher.name} has no profile that allows them`, fix),
    code: 'HOST_USERNS_DENIED',
  };
}

function judgeProc(facts: DoctorFacts): Finding {
  const covers = coversOfProc(facts.files.text('proc/self/mountinfo') ?? '');
  if (covers.length === 0) return ok('nothing is mounted over it');
  const found = `covered: ${covers.join(', ')}`;
  const launcher = neededLauncher(facts);
  if (isBuilding(launcher)) return ok(`${found}; ${launcher.name} can mount it all the same`);
  return { ...failed(found, UNMASK_PROC), code: 'ENGINE_SETUP_FAILED' };
}

/** Mount points below /proc (proc_pid_mountinfo(5)), but for the one that lies on a directory made for it. */
function coversOfProc(mountinfo: string): string[] {
  const points = mountinfo.split('\n').map((line) => line.split(' ')[4] ?? '');
  return points.filter((point) => point.startsWith('/proc/') && point !== '/proc/sys/fs/binfmt_misc');
}

function neededLauncher(facts: DoctorFacts): LauncherFacts {
  return facts[facts.neededEngines[0] ?? 'bubblewrap'];
}

function isBuilding({ jail }: LauncherFacts): boolean {
  return jail?.exitCode === 0;
}
