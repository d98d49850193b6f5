import { describe, expect, test } from 'vitest';
import { renderStandalone, type StandaloneInput, standaloneConfig } from '#engines/nsjail/standalone.ts';
import type { ProgramSpec } from '#launch/types.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { emitKafel } from '#seccomp/kafel.ts';
import { filterRequest } from '../../../helpers/filters.ts';
import { parseText } from './parse-text.ts';
import { PLAN } from './plan.ts';

const rlimit = (name: string, soft: number | null) => ({ resource: 0, name, soft, hard: soft });
const MIB = 1024 ** 2;

const PROGRAM: ProgramSpec = {
  argv: ['/usr/bin/python3', '-c', 'print("a b")', ''],
  env: { LANG: 'C', NAME: 'x=y' },
  cwd: '/workspace/sub',
  files: [
    { path: 'main.py', content: Buffer.from([0, 255]), mode: 0o644 },
    { path: 'empty', content: Buffer.alloc(0), mode: 0o644 },
  ],
  rlimits: [
    rlimit('cpu', 3),
    rlimit('fsize', 10 * MIB + 1),
    rlimit('stack', null),
    rlimit('core', 1),
    rlimit('nofile', 256),
    rlimit('memlock', 65 * 1024 - 1),
    rlimit('msgqueue', 0),
    rlimit('rtprio', 0),
  ],
  landlock: null,
  backstopMs: null,
  filter: new Uint8Array(),
  notify: false,
};

const INPUT: StandaloneInput = {
  plan: PLAN,
  program: PROGRAM,
  supervision: { wallMs: 2999, cpuTimeMs: 1500 },
  pids: 64,
  cgroupDriver: 'v1',
  filter: resolveFilter(filterRequest('default', { deny: ['times'] })),
  hostId: null,
};

const configOf = (changes: Partial<StandaloneInput> = {}) => standaloneConfig({ ...INPUT, ...changes });

test('the program itself runs, with its environment, files and directory', () => {
  expect(configOf()).toMatchObject({
    exec_bin: { path: '/usr/bin/python3', arg: ['-c', 'print("a b")', ''] },
    envar: ['LANG=C', 'NAME=x=y'],
    cwd: '/workspace/sub',
  });
  expect(configOf().mount?.slice(-2)).toEqual([
    { src_content: Buffer.from([0, 255]), dst: '/workspace/main.py', rw: true, nosuid: true, nodev: true },
    { src: '/dev/null', dst: '/workspace/empty', is_bind: true, rw: true, nosuid: true },
  ]);
});

test('a command without a slash is found by env', () => {
  const program = { ...PROGRAM, argv: ['ls', '-l'] };
  expect(configOf({ program }).exec_bin).toEqual({ path: '/usr/bin/env', arg: ['--', 'ls', '-l'] });
});

test('nothing of a supervised run is in it', () => {
  for (const name of ['pass_fd', 'cap', 'disable_rl', 'log_fd']) expect(configOf()).not.toHaveProperty(name);
  expect(renderStandalone(INPUT)).not.toContain('max_user_namespaces');
});

describe('rounded to the stricter unit', () => {
  test('seconds, MiB and KiB are whole and never more than asked', () => {
    expect(configOf()).toMatchObject({
      time_limit: 2,
      rlimit_cpu: 1,
      rlimit_cpu_type: 'VALUE',
      rlimit_fsize: 10,
      rlimit_core: 0,
      rlimit_core_type: 'VALUE',
      rlimit_nofile: 256,
      rlimit_memlock: 64,
      rlimit_msgqueue: 0,
    });
  });

  test('less than a second is one: zero would be no limit', () => {
    expect(configOf({ supervision: { wallMs: 200, cpuTimeMs: 200 } })).toMatchObject({
      time_limit: 1,
      rlimit_cpu: 1,
    });
  });

  test('unlimited is no limit of ours, nor nsjail’s own', () => {
    const config = configOf({ supervision: { wallMs: null, cpuTimeMs: null } });
    expect(config).toMatchObject({ time_limit: 0, rlimit_cpu_type: 'HARD', rlimit_stack_type: 'HARD' });
    expect(config.rlimit_as_type).toBe('HARD'); // its default of 4 GiB of address space breaks V8 and the JVM
  });
});

describe('cgroup', () => {
  test('v1: one group in each hierarchy', () => {
    expect(configOf()).toMatchObject({
      use_cgroupv2: false,
      cgroup_mem_max: 64 * MIB,
      cgroup_mem_swap_max: 0,
      cgroup_mem_mount: '/sys/fs/cgroup/memory',
      cgroup_mem_parent: '.',
      cgroup_pids_max: 64,
      cgroup_pids_mount: '/sys/fs/cgroup/pids',
      cgroup_cpu_ms_per_sec: 500,
      cgroup_cpu_mount: '/sys/fs/cgroup/cpu',
    });
  });

  test('v2: one group', () => {
    const config = configOf({ cgroupDriver: 'v2' });
    expect(config).toMatchObject({
      use_cgroupv2: true,
      cgroupv2_mount: '/sys/fs/cgroup',
      cgroup_pids_max: 64,
    });
    expect(Object.keys(config).filter((name) => /^cgroup_\w+_(?:mount|parent)$/.test(name))).toEqual([]);
  });

  const names = (changes: Partial<StandaloneInput>) =>
    Object.keys(configOf(changes)).filter((name) => name.includes('cgroup') && name !== 'clone_newcgroup');

  test('none where there is none', () => {
    expect(names({ cgroupDriver: 'none' })).toEqual([]);
    expect(names({ plan: { ...PLAN, cgroup: null } })).toEqual([]);
  });

  test('only what is limited', () => {
    const cgroup = { memoryBytes: null, swapBytes: 0, pidsMax: null, cpu: null };
    expect(names({ plan: { ...PLAN, cgroup } })).toEqual(['use_cgroupv2']);
    expect(names({ pids: null })).not.toContain('cgroup_pids_max');
  });
});

test('root hands the program an id of its own', () => {
  const { uidmap, gidmap } = configOf({ hostId: 4711 });
  expect(uidmap).toEqual([{ inside_id: '1000', outside_id: '4711', count: 1 }]);
  expect(gidmap).toEqual([{ inside_id: '1001', outside_id: '4711', count: 1 }]);
  expect(configOf().uidmap?.[0]?.outside_id).toBe('');
});

test('the file begins with what it lacks, and reads back', () => {
  const text = renderStandalone(INPUT);
  expect(text).toMatch(/^# Run it by hand: nsjail --config FILE/);
  expect(text).toContain('# - a core limit of 1 byte: nsjail counts in MiB');
  expect(text).toContain('# - the record of a refused system call');
  expect(parseText(text)['cwd']).toEqual([Buffer.from('/workspace/sub')]);
});

test('the whole filter is in the file, as the lines that nsjail joins', () => {
  const lines = parseText(renderStandalone(INPUT))['seccomp_string'] ?? [];
  expect(`${lines.map(String).join('\n')}\n`).toBe(emitKafel(INPUT.filter));
});
