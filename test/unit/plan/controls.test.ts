import { describe, expect, test } from 'vitest';
import type { ControlContext } from '#plan/control-finding.ts';
import { assessControls } from '#plan/controls.ts';
import { CONTROLS, type Control } from '#result/control.ts';
import {
  BUILT_ROOTFS,
  CGROUP,
  ENGINE,
  HOST_ROOTFS,
  hostFacts,
  LIMITS,
  NO_CGROUP,
  OTHER_ENGINE,
  policyWith,
} from './fixtures.ts';

const FULL: ControlContext = {
  policy: policyWith(),
  host: hostFacts(),
  rootfs: BUILT_ROOTFS,
  engine: ENGINE,
};

/** What the table says of one control: value, enforcers, and the gap where there is one. */
function finding(control: Control, changes: Partial<ControlContext> = {}) {
  const found = assessControls({ ...FULL, ...changes }).find(({ entry }) => entry.control === control);
  if (!found) throw new Error(`no row for ${control}`);
  const { value, enforcedBy } = found.entry;
  return [value, enforcedBy, ...('gap' in found ? [found.gap] : [])];
}

const IO = { readBytes: 1024, writeBytes: null, readOps: 50, writeOps: null };
const OPTIONAL = policyWith({ cpuset: [0, 1, 3], io: IO });
/** A host that has what only optional limits need. */
const ROOMY = { ...CGROUP, controllers: [...CGROUP.controllers, 'cpuset', 'io'] as const, cpus: [0, 1, 2] };

test('names every control exactly once, those of optional limits where they are set', () => {
  const named = (changes: Partial<ControlContext>) =>
    assessControls({ ...FULL, ...changes }).map(({ entry }) => entry.control);
  expect(named({ policy: OPTIONAL }).sort()).toEqual([...CONTROLS].sort());
  expect(named({}).sort()).toEqual(CONTROLS.filter((name) => name !== 'cpuset' && name !== 'io').sort());
});

describe('optional limits', () => {
  const on = (cgroup: Partial<typeof CGROUP>) => ({
    policy: OPTIONAL,
    host: hostFacts({ cgroup: { ...ROOMY, ...cgroup } }),
  });

  test('are held by the cgroup', () => {
    expect(finding('cpuset', on({}))).toEqual(['0-1,3', ['cgroup1']]);
    expect(finding('cpuset', on({ driver: 'v2' }))).toEqual(['0-1,3', ['cgroup2']]);
    expect(finding('io', on({ driver: 'v2' }))).toEqual([['read=1024', 'readOps=50'], ['cgroup2']]);
    expect(finding('io', on({}))[1]).toEqual(['cgroup1']);
  });

  test('are a gap without their controller', () => {
    const host = hostFacts({ cgroup: { ...CGROUP, unusable: { cpuset: 'EROFS' } } });
    expect(finding('cpuset', { policy: OPTIONAL, host })).toEqual([
      '0-1,3',
      [],
      'the cpuset controller is not usable: EROFS',
    ]);
    expect(finding('io', { policy: OPTIONAL, host })[2]).toBe(
      'the io controller is not usable: it is not there',
    );
    const nowhere = { policy: OPTIONAL, host: hostFacts({ cgroup: NO_CGROUP }) };
    expect(finding('cpuset', nowhere)[2]).toBe('nothing is delegated');
  });

  test('processors are a gap where none of them is there', () => {
    expect(finding('cpuset', on({ cpus: [4, 5] }))).toEqual([
      '0-1,3',
      [],
      'none of the processors 0-1,3 can be used here, only 4-5',
    ]);
    expect(finding('cpuset', on({ cpus: [] }))[2]).toContain('only none');
    const { cpus: _, ...unknown } = ROOMY;
    const host = hostFacts({ cgroup: unknown });
    expect(finding('cpuset', { policy: OPTIONAL, host })[2]).toContain('only none');
  });

  test.each([{ writeBytes: 1 }, { writeOps: 1 }])('on v1, %j goes round the throttle', (write) => {
    const policy = policyWith({ io: { ...IO, ...write } });
    expect(finding('io', { ...on({}), policy })[1]).toEqual(['cgroup1']);
    expect(finding('io', { ...on({}), policy })[2]).toMatch(/^cgroup v1 does not limit writes/);
    expect(finding('io', { ...on({ driver: 'v2' }), policy })).toHaveLength(2);
  });
});

test('a host that can do everything leaves no gap', () => {
  expect(assessControls(FULL).filter(({ gap }) => gap !== undefined)).toEqual([]);
});

describe('held', () => {
  const MIB = 1024 ** 2;
  test.each<[Control, unknown]>([
    ['wall', [30_000, ['supervisor', 'init']]],
    ['cpuTime', [20_000, ['cgroup1', 'rlimit']]],
    ['cpu', [0.5, ['cgroup1']]],
    ['memory', [512 * MIB, ['cgroup1']]],
    ['swap', [0, ['cgroup1']]],
    ['pids', [64, ['cgroup1']]],
    ['stdout', [MIB, ['supervisor']]],
    ['stderr', [2 * MIB, ['supervisor']]],
    ['fileSize', [10 * MIB, ['rlimit']]],
    ['openFiles', [256, ['rlimit']]],
    ['stack', [8 * MIB, ['rlimit']]],
    ['core', [0, ['rlimit']]],
    ['workspace', [64 * MIB, ['tmpfs']]],
    ['tmp', [32 * MIB, ['tmpfs']]],
    ['shm', [16 * MIB, ['tmpfs']]],
    ['rootfs', ['minimal', ['mount']]],
    ['mounts', [[], ['mount']]],
    ['network', ['none', ['namespace', 'seccomp']]],
    ['identity', ['1000:1001 jail', ['uid', 'namespace']]],
    ['environment', [['LANG', 'EXTRA'], ['init']]],
    ['devices', [['null', 'urandom'], ['mount']]],
    ['seccomp', ['default', ['seccomp', 'launcher']]],
    ['writtenFiles', ['allow', []]],
    ['namespaces', [['user', 'mount', 'pid', 'network', 'ipc', 'uts', 'cgroup'], ['namespace']]],
    ['capabilities', [[], ['launcher', 'init']]],
    ['noNewPrivs', [true, ['launcher', 'init']]],
  ])('%s', (control, expected) => expect(finding(control)).toEqual(expected));

  test('by cgroup v2 where that is the driver', () => {
    const host = hostFacts({ cgroup: { ...CGROUP, driver: 'v2' } });
    for (const control of ['cpu', 'memory', 'swap', 'pids'] as const) {
      expect(finding(control, { host })[1]).toEqual(['cgroup2']);
    }
    expect(finding('cpuTime', { host })[1]).toEqual(['cgroup2', 'rlimit']);
  });

  test('the identity by the namespace alone when the supervisor is not root', () => {
    expect(finding('identity', { host: hostFacts({ uid: 1000 }) })[1]).toEqual(['namespace']);
  });

  test('mounts are listed with what the program can do there', () => {
    const mounts = [
      { type: 'bind', source: '/srv/in', target: '/in', readOnly: true },
      { type: 'bind', source: '/srv/out', target: '/out', readOnly: false },
    ] as const;
    const policy = policyWith({}, { filesystem: { rootfs: 'auto', mounts } });
    expect(finding('mounts', { policy })[0]).toEqual(['/in (read-only)', '/out (writable)']);
  });

  test('inodes by an engine that can cap them', () => {
    const policy = policyWith({ tmp: { sizeBytes: 4096, inodes: 10 } });
    expect(finding('tmp', { policy, engine: OTHER_ENGINE })).toEqual([4096, ['tmpfs']]);
  });

  test('loopback is a value of network, not a gap', () => {
    const policy = policyWith({}, { network: { mode: 'loopback' } });
    expect(finding('network', { policy })).toEqual(['loopback', ['namespace', 'seccomp']]);
  });
});

describe('unlimited needs nobody, whatever the host lacks', () => {
  const policy = policyWith({
    wallMs: null,
    cpuTimeMs: null,
    cpuCores: null,
    memoryBytes: null,
    swapBytes: null,
    pids: null,
    stdout: { sizeBytes: null, onExceed: 'kill' },
    stderr: { sizeBytes: null, onExceed: 'kill' },
    fileSizeBytes: null,
    stackBytes: null,
  });
  const host = hostFacts({ cgroup: NO_CGROUP });
  test.each<Control>([
    'wall',
    'cpuTime',
    'cpu',
    'memory',
    'swap',
    'pids',
    'stdout',
    'stderr',
    'fileSize',
    'stack',
  ])('%s', (control) => expect(finding(control, { policy, host })).toEqual(['unlimited', []]));
});

describe('gaps', () => {
  test.each<[Control, string, unknown[]]>([
    ['memory', 'memory', [512 * 1024 ** 2, ['rlimit']]],
    ['pids', 'pids', [64, []]],
    ['cpu', 'cpu', [0.5, []]],
    ['cpuTime', 'cpuacct', [20_000, ['rlimit']]],
  ])('%s without its controller says why', (control, controller, rest) => {
    const controllers = CGROUP.controllers.filter((name) => name !== controller);
    const cgroup = { ...CGROUP, controllers, unusable: { [controller]: 'EACCES' } };
    expect(finding(control, { host: hostFacts({ cgroup }) })).toEqual([
      ...rest,
      `the ${controller} controller is not usable: EACCES`,
    ]);
  });

  test('the reason falls back to the driver, then to a plain sentence', () => {
    const ofDriver = finding('memory', { host: hostFacts({ cgroup: NO_CGROUP }) });
    expect(ofDriver.at(-1)).toBe('nothing is delegated');
    const silent = finding('memory', { host: hostFacts({ cgroup: { ...NO_CGROUP, unusable: {} } }) });
    expect(silent.at(-1)).toBe('no cgroup can be made here');
  });

  test('resource limits stand in for memory, and for tasks where the kernel counts those of each run', () => {
    const on = (landlockAbi: number) => ({ host: hostFacts({ cgroup: NO_CGROUP, landlockAbi }) });
    expect(finding('memory', on(0))[1]).toEqual(['rlimit']);
    expect(finding('pids', on(1))[1]).toEqual([]);
    expect(finding('pids', on(2))[1]).toEqual(['rlimit']);
    expect(finding('pids', on(2))).toHaveLength(3);
    expect(finding('cpu', on(2))[1]).toEqual([]);
    expect(finding('pids', { host: hostFacts({ landlockAbi: 2 }) })).toHaveLength(2);
  });

  test('controllers without a driver hold nothing', () => {
    const cgroup = { ...CGROUP, driver: 'none' as const };
    expect(finding('pids', { host: hostFacts({ cgroup }) })).toHaveLength(3);
  });

  test('the host tree', () => {
    expect(finding('rootfs', { rootfs: HOST_ROOTFS })).toEqual([
      'host',
      ['mount'],
      expect.stringContaining("the host's own /usr"),
    ]);
  });

  test.each(['workspace', 'tmp', 'shm'] as const)('inodes of %s with bubblewrap', (name) => {
    const policy = policyWith({ [name]: { sizeBytes: 4096, inodes: 10 } });
    expect(finding(name, { policy })).toEqual([4096, ['tmpfs'], expect.stringContaining('bubblewrap')]);
  });

  test('written files that may not run', () => {
    const policy = policyWith({}, { execution: { writtenFiles: 'deny' } });
    const on = (landlockAbi: number) => finding('writtenFiles', { policy, host: hostFacts({ landlockAbi }) });
    expect(on(0)).toEqual(['deny', [], expect.stringContaining('no Landlock')]);
    expect(on(1)).toEqual(['deny', [], expect.stringContaining('ABI 1')]);
    expect(on(2)).toEqual(['deny', ['landlock']]);
  });

  test('Landlock is a further layer where the kernel has it', () => {
    const on = (landlockAbi: number, mode: 'none' | 'loopback' = 'none') => {
      const host = hostFacts({ landlockAbi });
      return [
        finding('network', { host, policy: policyWith({}, { network: { mode } }) })[1],
        finding('devices', { host })[1],
      ];
    };
    expect(on(3)).toEqual([
      ['namespace', 'seccomp'],
      ['mount', 'landlock'],
    ]);
    expect(on(4)).toEqual([
      ['namespace', 'seccomp', 'landlock'],
      ['mount', 'landlock'],
    ]);
    expect(on(4, 'loopback')[0]).toEqual(['namespace', 'seccomp']);
  });
});

describe('swap', () => {
  const { swapBytes } = LIMITS;
  const noSwapLimit = { ...CGROUP, swapLimit: false };

  test('a host without swap holds it by itself', () => {
    const host = hostFacts({ cgroup: noSwapLimit, swapTotalBytes: 0 });
    expect(finding('swap', { host })).toEqual([swapBytes, ['host']]);
  });

  test('swap that no cgroup counts is a gap', () => {
    const host = hostFacts({ cgroup: noSwapLimit });
    expect(finding('swap', { host })).toEqual([swapBytes, [], expect.stringContaining('account swap')]);
  });

  test('the limit needs the memory controller', () => {
    const controllers = CGROUP.controllers.filter((name) => name !== 'memory');
    const host = hostFacts({ cgroup: { ...CGROUP, controllers } });
    expect(finding('swap', { host })).toHaveLength(3);
  });

  test('v1 has no swap limit of its own, so with unlimited memory nobody holds it', () => {
    const policy = policyWith({ memoryBytes: null });
    expect(finding('swap', { policy })).toEqual([0, [], expect.stringContaining('together with memory')]);
    const v2 = hostFacts({ cgroup: { ...CGROUP, driver: 'v2' } });
    expect(finding('swap', { policy, host: v2 })).toEqual([0, ['cgroup2']]);
    expect(finding('swap', { policy, host: hostFacts({ swapTotalBytes: 0 }) })).toEqual([0, ['host']]);
  });
});
