import { cgroupFix } from './cgroup-fix.ts';
import { type Gauged, ok, severity, skipped, warning } from './findings.ts';
import { BOOT_WITH_CGROUP_V2, enableLinger, USE_USER_MANAGER } from './fixes/cgroup.ts';
import { UPDATE_KERNEL } from './fixes/packages.ts';
import type { Check, DoctorFacts, Finding } from './types.ts';

type Controller = DoctorFacts['cgroup']['controllers'][number];

export const CGROUP_CHECKS: readonly Check[] = [
  {
    id: 'cgroups.version',
    group: 'cgroups',
    title: 'Version of control groups',
    why: 'v2 is the target: one group, one kill, exact counters; v1 works for root alone',
    judge: judgeVersion,
  },
  {
    id: 'cgroups.session',
    group: 'cgroups',
    title: "The user's own systemd",
    why: 'It is what delegates control groups to a user, and what makes a scope for runs that start in a login session',
    judge: judgeSession,
  },
  {
    id: 'cgroups.place',
    group: 'cgroups',
    title: 'A place for the groups of runs',
    why: 'A group that passes limits on may hold no process, and only who may write to all of it can move one; so it is looked for in several places',
    judge: judgePlace,
  },
  controller(
    'memory',
    'memory',
    'A program that asks for more is ended by the kernel, and its counter is the proof',
  ),
  controller('pids', 'pids', 'A fork bomb stays within it'),
  controller('cpu', 'cpu', 'A program gets no more than its share of the processors'),
  controller('cpuTime', 'cpuacct', 'CPU time of the whole process tree is counted there'),
  controller(
    'cpuset',
    'cpuset',
    'Processors can be set aside for runs; only for a policy with `limits.cpuset`',
  ),
  controller('io', 'io', 'Rates of disks can be limited; only for a policy with `limits.io`'),
  {
    id: 'cgroups.swap',
    group: 'cgroups',
    title: 'Swap',
    why: 'A program with a memory limit could go on in swap and slow the whole machine down',
    judge: judgeSwap,
  },
  feature('kill', 'cgroup.kill', 'Ends a whole group at once; Linux 5.14'),
  feature(
    'oomGroup',
    'memory.oom.group',
    'Running out of memory ends the whole program, not a part of it; Linux 4.19',
  ),
  feature('memoryPeak', 'memory.peak', 'The exact high-water mark; Linux 5.19'),
];

function controller(control: Gauged, name: Controller, why: string): Check {
  const judge = (facts: DoctorFacts): Finding => {
    const { controllers, driver, unusable } = facts.cgroup;
    if (driver !== 'none' && controllers.includes(name))
      return ok(`a group with a limit could be made on ${driver}`);
    const state = severity(facts, control);
    const found = unusable[name] ?? unusable['driver'] ?? 'no group can be made here';
    // Who does not ask for the controller is not sent to look for a place for groups because of it.
    const fix = state === 'skipped' && driver === 'none' ? undefined : cgroupFix(facts, name, found);
    const code = state === 'failed' ? ({ code: 'HOST_CONTROL_UNENFORCEABLE' } as const) : {};
    const unasked = state === 'skipped' ? '; no limit of this policy needs it' : '';
    return { state, found: `${found}${unasked}`, ...(fix ? { fix } : {}), ...code };
  };
  return { id: `cgroups.${control}`, group: 'cgroups', title: `Controller ${name}`, why, judge };
}

function judgeVersion(facts: DoctorFacts): Finding {
  const { driver, unusable } = facts.cgroup;
  if (driver === 'v2') return ok('v2');
  if (driver === 'v1') return warning('v1, or both at once', BOOT_WITH_CGROUP_V2);
  const found = unusable['driver'] ?? 'none';
  const fix = cgroupFix(facts, 'memory', found);
  return { state: severity(facts, 'memory'), found, ...(fix ? { fix } : {}) };
}

/** Every place that was tried and is none, with the reason of each. */
function judgePlace(facts: DoctorFacts): Finding {
  const { delegation, driver } = facts.cgroup;
  if (driver === 'v1') return skipped('on v1 it is the group that warder was started in');
  const failures = (delegation?.failures ?? []).map(({ tried, why }) => `${tried}: ${why}`).join('; ');
  if (driver === 'v2') return ok(failures === '' ? 'the first one tried' : `found; before that: ${failures}`);
  const fix = cgroupFix(facts, 'cgroup', failures);
  return {
    state: severity(facts, 'memory'),
    found: failures === '' ? (facts.cgroup.unusable['driver'] ?? 'none') : failures,
    ...(fix ? { fix } : {}),
  };
}

function judgeSession({ uid, session, cgroup }: DoctorFacts): Finding {
  if (uid === 0) return skipped('root makes its groups below its own');
  if (cgroup.driver === 'v1') return skipped('on v1 it delegates nothing');
  if (session.bus && session.runtimeDirKnown) {
    return ok(session.lingers ? 'runs, also when nobody is logged in' : 'runs while this user is logged in');
  }
  if (session.bus) return warning('runs, but XDG_RUNTIME_DIR does not say where', USE_USER_MANAGER);
  return warning('does not run', enableLinger(uid));
}

function judgeSwap(facts: DoctorFacts): Finding {
  const totalKiB = Number(/^SwapTotal:\s+(\d+) kB/m.exec(facts.files.text('proc/meminfo') ?? '')?.[1] ?? 0);
  if (totalKiB === 0) return ok('none is on');
  const found = `${Math.round(totalKiB / 1024)} MiB are on`;
  if (facts.cgroup.swapLimit) return ok(`${found}, and a group can be kept from it`);
  const why = facts.cgroup.unusable['swap'] ?? 'the kernel does not count it per group';
  const fix = cgroupFix(facts, 'swap', why);
  return { state: severity(facts, 'swap'), found: `${found}: ${why}`, ...(fix ? { fix } : {}) };
}

function feature(key: keyof NonNullable<DoctorFacts['cgroupFeatures']>, file: string, why: string): Check {
  const judge = ({ cgroupFeatures, cgroup }: DoctorFacts): Finding => {
    if (cgroup.driver !== 'v2') return skipped('cgroup v2 alone has it');
    if (cgroupFeatures === null) return skipped('this process is in no group that would have it');
    return cgroupFeatures[key] ? ok('there') : warning('not there', UPDATE_KERNEL);
  };
  return { id: `cgroups.${key}`, group: 'cgroups', title: file, why, judge };
}
