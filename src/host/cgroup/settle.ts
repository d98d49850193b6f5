import { type DelegationFailure, explainFailures } from '#cgroup/delegation.ts';
import type { CgroupDriver, MoveIntoGroup } from '#cgroup/driver.ts';
import { openCgroupDriver } from '#cgroup/open-driver.ts';
import { probeCgroups } from '#cgroup/probe.ts';
import { CGROUP_ABILITIES, type CgroupProbe } from '#cgroup/types.ts';
import { isWarderError } from '#error/warder-error.ts';
import { listDisks } from '#host/disks.ts';
import type { CgroupFacts } from '#host/types.ts';
import type { NativeProgram } from '#launch/native.ts';
import { tryJoin } from '#launch/try-join.ts';
import type { CgroupPlace } from './place.ts';
import { needDisks, readCpus } from './resources.ts';

/** What planning knows of cgroups, and what makes leaves; null where none can be made. */
export interface SettledCgroups {
  readonly facts: CgroupFacts;
  readonly driver: CgroupDriver | null;
}

/**
 * Proves what can be done in the place: limits that can be written, and a real process that gets in. `prefix` is that
 * of an owner record, so that a crash here leaves nothing unswept.
 */
export async function settleCgroups(
  place: CgroupPlace,
  native: NativeProgram,
  prefix: string,
): Promise<SettledCgroups> {
  const { location, scope } = place;
  const [probed, disks, cpus] = await Promise.all([
    probeCgroups(location, `${prefix}probe`),
    listDisks(),
    readCpus(location),
  ]);
  const probe = needDisks(probed, disks);
  const driver = openCgroupDriver(location, probe, { listDisks });
  const describe = (join: JoinBy | null, failures: readonly DelegationFailure[]): CgroupFacts =>
    toFacts(place, probe, { join, failures, cpus });
  if (driver === null) {
    const refused = location.driver === 'none' ? [] : [leafFailure(probe)];
    return { facts: describe(null, [...place.failures, ...refused]), driver };
  }
  if (driver.version === 'v1') return { facts: describe('self', place.failures), driver };
  const refusal = await tryDriver(driver, native, `${prefix}join`);
  if (refusal === null) return { facts: describe('self', place.failures), driver };
  const failures = [...place.failures, joinFailure(location.driver === 'v2' ? location.dir : '', refusal)];
  if (scope === null) return { facts: describe(null, failures), driver: null };
  const move: MoveIntoGroup = (pid, name) => scope.attach(pid, name);
  const moving = openCgroupDriver(location, probe, { move, listDisks });
  const second = moving && (await tryDriver(moving, native, `${prefix}attach`));
  if (second === null) return { facts: describe('systemd', failures), driver: moving };
  return { facts: describe(null, [...failures, joinFailure(scope.unit, second)]), driver: null };
}

/** Who moves a process into its leaf. */
type JoinBy = 'self' | 'systemd';

/** Null when a real stub got into a leaf, else why not. */
async function tryDriver(driver: CgroupDriver, native: NativeProgram, name: string): Promise<string | null> {
  try {
    const leaf = await driver.createLeaf(name, {
      memoryBytes: null,
      swapBytes: null,
      pidsMax: null,
      cpu: null,
    });
    try {
      const joinPaths = Promise.resolve(leaf.joinPaths);
      await tryJoin({ native, joinPaths, ...(leaf.attach ? { attach: leaf.attach } : {}) });
      return null;
    } finally {
      await leaf.remove();
    }
  } catch (error) {
    if (!isWarderError(error)) throw error;
    return error.message;
  }
}

/** No leaf could be made: cpuacct needs no controller, so what is said of it is said of the directory. */
function leafFailure(probe: CgroupProbe): DelegationFailure {
  const status = probe.abilities.cpuacct;
  const why = status.usable ? 'unknown' : status.why;
  const isFull = !status.usable && status.errno === 'EAGAIN';
  const fix = isFull
    ? 'raise cgroup.max.descendants and cgroup.max.depth there, or in the group above it that has them'
    : 'cgroup file systems have to be mounted read-write, and the directory has to be ours';
  return { step: 'join', tried: 'making a leaf', why, fix };
}

function joinFailure(where: string, why: string): DelegationFailure {
  return {
    step: 'join',
    tried: `a process was to join a leaf in ${where}`,
    why,
    fix: 'start warder in a scope of its own: systemd-run --user --scope --property=Delegate=yes -- COMMAND',
  };
}

interface Findings {
  readonly join: JoinBy | null;
  readonly failures: readonly DelegationFailure[];
  readonly cpus: readonly number[];
}

function toFacts(
  { location, optional = [] }: CgroupPlace,
  probe: CgroupProbe,
  { join, failures, cpus }: Findings,
): CgroupFacts {
  const dir = location.driver === 'v2' ? location.dir : null;
  const delegation = { dir, join, failures, optional };
  if (join === null) {
    const why = [...(location.driver === 'none' ? [location.why] : []), explainFailures(failures)];
    const unusable = { driver: why.filter((one) => one !== '').join(': ') };
    return { driver: 'none', controllers: [], swapLimit: false, unusable, delegation };
  }
  const usable = CGROUP_ABILITIES.filter((ability) => probe.abilities[ability].usable);
  const unusable = CGROUP_ABILITIES.flatMap((ability) => {
    const why = whyNot(probe, ability);
    return why === null
      ? []
      : [[ability, whyNotPassedOn([...failures, ...optional], ability) ?? why] as const];
  });
  return {
    driver: probe.driver,
    controllers: usable.filter((ability) => ability !== 'swap'),
    swapLimit: usable.includes('swap'),
    ...(usable.includes('cpuset') ? { cpus } : {}),
    unusable: Object.fromEntries(unusable),
    delegation,
  };
}

/** The cause, where the probe only saw that the knob is not there. */
function whyNotPassedOn(failures: readonly DelegationFailure[], controller: string): string | undefined {
  const failure = failures.find(
    ({ step, tried }) => step === 'controllers' && tried.startsWith(`+${controller} `),
  );
  return failure && `${failure.tried}: ${failure.why}`;
}

function whyNot(probe: CgroupProbe, ability: keyof CgroupProbe['abilities']): string | null {
  const status = probe.abilities[ability];
  return status.usable ? null : status.why;
}
