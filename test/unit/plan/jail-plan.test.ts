import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { type JailPlanInput, planJail } from '#plan/jail-plan.ts';
import {
  BUILT_ROOTFS,
  CGROUP,
  ENGINE,
  HOST_ROOTFS,
  hostFacts,
  NO_CGROUP,
  OTHER_ENGINE,
  policyWith,
} from './fixtures.ts';

const INPUT: JailPlanInput = {
  policy: policyWith(),
  host: hostFacts(),
  rootfs: BUILT_ROOTFS,
  engine: ENGINE,
  widened: [],
};

function errorOf(changes: Partial<JailPlanInput>) {
  try {
    planJail({ ...INPUT, ...changes });
  } catch (error) {
    if (isWarderError(error)) return error;
    throw error;
  }
  throw new Error('planned without an error');
}

test('a plan says what it was made from', () => {
  expect(planJail(INPUT)).toMatchObject({
    engine: { name: 'bubblewrap', version: '0.8.0', path: '/usr/bin/bwrap' },
    identity: { uid: 1000, gid: 1001, hostname: 'jail' },
    network: 'none',
    weakenings: [],
    policy: { name: 'fixture', sha256: 'ab'.repeat(32) },
    rootfs: { name: 'minimal', sha256: 'cd'.repeat(32) },
  });
});

test('the launcher outlasts every other clock, and has none where the wall clock is unlimited', () => {
  expect(planJail(INPUT).launcherDeadlineMs).toBe(60_000);
  expect(planJail({ ...INPUT, policy: policyWith({ wallMs: null }) }).launcherDeadlineMs).toBeNull();
});

test('mounts of the host below a bind get its flags: by name where the engine only flags the bind itself', () => {
  const nsjail = { found: true, path: '/usr/bin/nsjail', version: 'unknown', options: null } as const;
  const usr = BUILT_ROOTFS.binds[0]?.source;
  const host = hostFacts({
    engines: { ...hostFacts().engines, nsjail },
    mountPoints: ['/', '/usr/share', `${usr}/local`, `${usr}local`, `${usr}/local`, `${usr}/local/lib`],
  });
  const binds = (engine: typeof ENGINE) =>
    planJail({ ...INPUT, host, engine }).mounts.filter(({ kind }) => kind === 'bind');
  const whole = { kind: 'bind', source: usr, target: '/usr', readOnly: true };
  expect(binds(ENGINE)).toEqual([whole]);
  expect(binds(OTHER_ENGINE)).toEqual([
    whole,
    { ...whole, source: `${usr}/local`, target: '/usr/local' },
    { ...whole, source: `${usr}/local/lib`, target: '/usr/local/lib' },
  ]);
});

describe('refused', () => {
  test('without a launcher', () => {
    const nsjail = { found: false, searched: ['/usr/bin/nsjail'] } as const;
    const host = hostFacts({
      engines: { bubblewrap: { found: false, searched: ['/usr/bin/bwrap'] }, nsjail },
    });
    expect(errorOf({ host })).toMatchObject({
      code: 'HOST_ENGINE_MISSING',
      message: 'bubblewrap (bwrap) is not installed',
      details: { engine: 'bubblewrap', searched: ['/usr/bin/bwrap'] },
      hint: expect.stringContaining('apt-get install bubblewrap'),
    });
    expect(errorOf({ host, engine: OTHER_ENGINE })).toMatchObject({
      code: 'HOST_ENGINE_MISSING',
      message: 'nsjail is not installed',
      details: { engine: 'nsjail', searched: ['/usr/bin/nsjail'] },
      hint: expect.stringMatching(/build it from .*WARDER_NSJAIL/),
    });
  });

  test('without user namespaces', () => {
    const host = hostFacts({ usernsDenied: 'user.max_user_namespaces is 0' });
    const error = errorOf({ host });
    expect(error.code).toBe('HOST_USERNS_DENIED');
    expect(error.message).toContain('user.max_user_namespaces is 0');
  });

  test('every control without a holder is named at once, with cause and cure', () => {
    const error = errorOf({ host: hostFacts({ cgroup: NO_CGROUP }), rootfs: HOST_ROOTFS });
    expect(error.code).toBe('HOST_CONTROL_UNENFORCEABLE');
    const controls = 'controls' in error.details ? error.details.controls : [];
    expect(controls.map(({ control }) => control)).toEqual([
      'cpuTime',
      'cpu',
      'memory',
      'swap',
      'pids',
      'rootfs',
    ]);
    expect(error.message).toContain('cpuTime, cpu, memory, pids (nothing is delegated); swap (');
    expect(error.hint).toContain('allowDegraded: [cpuTime, cpu, memory, swap, pids, rootfs]');
  });

  test('where a group was to be delegated, every step has a fix, each told once', () => {
    const failure = { step: 'own', tried: 'our own group', why: 'EACCES', fix: 'delegate it' } as const;
    const delegation = { dir: null, join: null, failures: [failure, { ...failure, step: 'scope' }] } as const;
    const host = hostFacts({ cgroup: { ...NO_CGROUP, delegation } });
    expect(errorOf({ host }).hint).toMatch(/^delegate it\. Otherwise accept it in a policy of your own/);
    const elsewhere = errorOf({
      host,
      rootfs: HOST_ROOTFS,
      policy: policyWith({}, { allowDegraded: ['cpuTime', 'cpu', 'memory', 'swap', 'pids'] }),
    });
    expect(elsewhere.hint).toMatch(/^Build a root file system/);
  });

  test('the fix of the last step comes first: those of the others may need it', () => {
    const own = { step: 'own', tried: 'our own group', why: 'EACCES', fix: 'start a scope' } as const;
    const scope = { step: 'scope', tried: 'a scope', why: 'no bus', fix: 'say where the bus is' } as const;
    const delegation = { dir: null, join: null, failures: [own, scope] };
    const host = hostFacts({ cgroup: { ...NO_CGROUP, delegation } });
    expect(errorOf({ host }).hint).toMatch(/^say where the bus is; or start a scope\. Otherwise/);
  });

  test('an optional limit is told its own fix, not those of places that were tried before', () => {
    const failure = { step: 'own', tried: 'our own group', why: 'EACCES', fix: 'delegate it' } as const;
    const lacking = { step: 'controllers', tried: '+io in /d', why: 'absent', fix: 'add a drop-in' } as const;
    const delegation = { dir: '/d', join: 'self', failures: [failure], optional: [lacking] } as const;
    const host = hostFacts({ cgroup: { ...CGROUP, driver: 'v2', delegation } });
    const io = { readBytes: 1, writeBytes: null, readOps: null, writeOps: null };
    expect(errorOf({ host, policy: policyWith({ io }) }).hint).toMatch(/^add a drop-in\. Otherwise/);
    expect(errorOf({ host, policy: policyWith({ cpuset: [0] }) }).hint).toMatch(/^delegate it\. Otherwise/);
  });

  test('only what the policy does not waive', () => {
    const policy = policyWith({}, { allowDegraded: ['memory', 'rootfs', 'cpuTime', 'cpu', 'swap'] });
    const error = errorOf({ policy, host: hostFacts({ cgroup: NO_CGROUP }), rootfs: HOST_ROOTFS });
    expect(error.details).toEqual({ controls: [{ control: 'pids', why: expect.any(String) }] });
  });
});

describe('weakenings', () => {
  test('a waived gap is recorded, and its control keeps the layers that are left', () => {
    const policy = policyWith({}, { allowDegraded: ['cpuTime'] });
    const controllers = CGROUP.controllers.filter((name) => name !== 'cpuacct');
    const plan = planJail({ ...INPUT, policy, host: hostFacts({ cgroup: { ...CGROUP, controllers } }) });
    expect(plan.weakenings).toEqual([{ id: 'cpuTime', why: expect.stringContaining('cpuacct') }]);
    expect(plan.controls.find(({ control }) => control === 'cpuTime')?.enforcedBy).toEqual(['rlimit']);
  });

  test('waiving what the host can do weakens nothing', () => {
    const policy = policyWith({}, { allowDegraded: ['memory', 'pids', 'rootfs'] });
    expect(planJail({ ...INPUT, policy }).weakenings).toEqual([]);
  });

  test('writable mounts and what the request widened, after the gaps', () => {
    const mounts = [
      { type: 'bind', source: '/srv/in', target: '/in', readOnly: true },
      { type: 'bind', source: '/srv/out', target: '/out', readOnly: false },
    ] as const;
    const policy = policyWith({}, { filesystem: { rootfs: 'auto', mounts }, allowDegraded: ['rootfs'] });
    const widened = [{ id: 'wall', why: 'asked for more' }] as const;
    const { weakenings } = planJail({ ...INPUT, policy, rootfs: HOST_ROOTFS, widened });
    expect(weakenings).toEqual([
      { id: 'rootfs', why: expect.any(String) },
      { id: 'mounts', why: '/out writes to /srv/out on the host' },
      { id: 'wall', why: 'asked for more' },
    ]);
  });
});

describe('cgroup', () => {
  const planned = (changes: Partial<JailPlanInput>) => planJail({ ...INPUT, ...changes }).cgroup;
  const ALL = ['cpuTime', 'cpu', 'memory', 'swap', 'pids'] as const;

  test('every limit, with room for launcher and init', () => {
    expect(planned({})).toEqual({
      memoryBytes: 512 * 1024 ** 2,
      swapBytes: 0,
      pidsMax: 66,
      cpu: { quotaUs: 50_000, periodUs: 100_000 },
    });
  });

  test.each([
    [1, 100_000],
    [2.5, 250_000],
    [0.3333, 33_330],
    [0.001, 1000],
  ])('%d cores are a quota of %d µs, never below what the kernel takes', (cpuCores, quotaUs) => {
    expect(planned({ policy: policyWith({ cpuCores }) })?.cpu).toEqual({ quotaUs, periodUs: 100_000 });
  });

  test('optional limits, with the processors that are there', () => {
    const io = { readBytes: 1, writeBytes: null, readOps: null, writeOps: 5 };
    const controllers = [...CGROUP.controllers, 'cpuset', 'io'] as const;
    const host = hostFacts({ cgroup: { ...CGROUP, driver: 'v2', controllers, cpus: [0, 1] } });
    const policy = policyWith({ cpuset: [1, 2], io });
    expect(planned({ policy, host })).toMatchObject({ cpus: [1], io });
    const waived = policyWith({ cpuset: [1, 2], io }, { allowDegraded: ['cpuset', 'io'] });
    const without = planned({ policy: waived });
    expect(without).not.toHaveProperty('cpus');
    expect(without).not.toHaveProperty('io');
  });

  test('none where nothing is to be had and the policy allows that', () => {
    const policy = policyWith({}, { allowDegraded: ALL });
    expect(planned({ policy, host: hostFacts({ cgroup: NO_CGROUP }) })).toBeNull();
  });

  test('only what a controller holds: a waived one is left alone', () => {
    const policy = policyWith({}, { allowDegraded: ['memory', 'swap'] });
    const controllers = CGROUP.controllers.filter((name) => name !== 'memory');
    const settings = planned({ policy, host: hostFacts({ cgroup: { ...CGROUP, controllers } }) });
    expect(settings).toMatchObject({ memoryBytes: null, swapBytes: null, pidsMax: 66 });
  });

  test('swap that only the host holds is not written to a file that is not there', () => {
    const host = hostFacts({ cgroup: { ...CGROUP, swapLimit: false }, swapTotalBytes: 0 });
    expect(planned({ host })?.swapBytes).toBeNull();
  });

  const UNLIMITED = { cpuCores: null, memoryBytes: null, swapBytes: null, pids: null };

  test('a leaf without settings when CPU time has to be counted', () => {
    expect(planned({ policy: policyWith(UNLIMITED) })).toEqual({
      memoryBytes: null,
      swapBytes: null,
      pidsMax: null,
      cpu: null,
    });
  });

  test('no leaf when nothing is limited or counted', () => {
    expect(planned({ policy: policyWith({ ...UNLIMITED, cpuTimeMs: null }) })).toBeNull();
  });
});
