/**
 * A configuration for `nsjail --config FILE` by hand, without warder: the program itself is what runs, and nsjail holds
 * the limits as far as it can. Where its unit is coarser than the policy's, the stricter value is written.
 */
import type { CgroupFacts } from '#host/types.ts';
import type { ProgramSpec, Rlimit } from '#launch/types.ts';
import type { JailPlan, MountOp, SupervisionPlan } from '#plan/types.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';
import { jailConfig } from './config.ts';
import { seccompStrings } from './filter.ts';
import type { NsjailConfig, NsjailMount } from './model.ts';
import { fileMount, nsjailMounts } from './mounts.ts';
import { writeComment, writeTextFormat } from './text-format.ts';

const KIB = 1024;
const MIB = 1024 ** 2;

export interface StandaloneInput {
  readonly plan: JailPlan;
  readonly program: ProgramSpec;
  readonly supervision: Pick<SupervisionPlan, 'wallMs' | 'cpuTimeMs'>;
  /** The program's own tasks; the plan's figure has ours in it. */
  readonly pids: number | null;
  /** The program's own filter. nsjail installs it as the last thing before it executes the program, as init does. */
  readonly filter: SeccompFilter;
  readonly cgroupDriver: CgroupFacts['driver'];
  /** The id that the program gets on the host when root starts nsjail; null keeps the caller's own. */
  readonly hostId: number | null;
}

/** What is missing next to a supervised run; the reader of the file has to know. */
const MISSING = [
  'Run it by hand: nsjail --config FILE. Next to a run by warder it lacks:',
  '- the record of a refused system call: the filter is the same, but a call that ends the run ends it by SIGSYS alone;',
  '  a call of a foreign architecture ends only its thread, and x32 numbers get what unknown numbers get',
  '- what closes nested user namespaces besides the filter',
  '- Landlock, the caps on output, the exact clock (whole seconds here) and CPU time of all processes together',
  '- the list of processors and the rates of disks (`cpuset`, `io`), for which nsjail has no option',
  '- a core limit of 1 byte: nsjail counts in MiB, and at 0 a core_pattern that is a pipe still starts its helper (core(5))',
  '- an init: the program is process 1, for which signals without a handler do nothing',
  '- the file modes: nsjail makes every file 0644',
  'A command without a slash is found by env(1), since nsjail does not search PATH.',
];

export function renderStandalone(input: StandaloneInput): string {
  return writeComment(MISSING.join('\n')) + writeTextFormat('NsJailConfig', standaloneConfig(input));
}

export function standaloneConfig(input: StandaloneInput): NsjailConfig {
  const { plan, program, supervision, hostId } = input;
  const outside_id = hostId === null ? '' : String(hostId);
  const { identity } = plan;
  return {
    ...jailConfig(plan),
    // In a supervised run both are the business of others: the stub starts the launcher without any environment, and init
    // gives up whatever capabilities it was left.
    keep_env: false,
    keep_caps: false,
    uidmap: [{ inside_id: String(identity.uid), outside_id, count: 1 }],
    gidmap: [{ inside_id: String(identity.gid), outside_id, count: 1 }],
    log_level: 'WARNING',
    time_limit: wholeUnits(supervision.wallMs, 1000),
    ...rlimits(program.rlimits, supervision.cpuTimeMs),
    ...cgroupFields(input),
    mount: mounts(plan.mounts, program),
    envar: Object.entries(program.env).map(([name, value]) => `${name}=${value}`),
    cwd: program.cwd,
    seccomp_string: seccompStrings(input.filter),
    exec_bin: executable(program.argv),
  };
}

/** nsjail takes a path and searches none; env(1) does, with the PATH that the program gets. */
function executable(argv: readonly string[]): { readonly path: string; readonly arg: readonly string[] } {
  const [command = '', ...args] = argv;
  return command.includes('/')
    ? { path: command, arg: args }
    : { path: '/usr/bin/env', arg: ['--', command, ...args] };
}

/** Rounded down, but never to nothing: 0 would mean no limit where nsjail's fields count time and quota. */
function wholeUnits(value: number | null, unit: number): number {
  return value === null ? 0 : Math.max(1, Math.floor(value / unit));
}

/** The program's files over the workspace, each one a mount: nsjail can put content nowhere else. */
function mounts(ops: readonly MountOp[], { files }: ProgramSpec): readonly NsjailMount[] {
  return [
    ...nsjailMounts(ops),
    ...files.map(({ path, content }) => ({ ...fileMount(`/workspace/${path}`, content), rw: true })),
  ];
}

/** HARD keeps the hard limit that nsjail was started with: more is not to be had without privileges. */
function rlimits(limits: readonly Rlimit[], cpuTimeMs: number | null): NsjailConfig {
  const value = (name: string): number | null => limits.find((limit) => limit.name === name)?.soft ?? null;
  const inUnits = (name: string, unit: number): number => Math.floor((value(name) ?? 0) / unit);
  const type = (limit: number | null) => (limit === null ? 'HARD' : 'VALUE');
  return {
    rlimit_as_type: 'HARD',
    rlimit_core: inUnits('core', MIB),
    rlimit_core_type: type(value('core')),
    rlimit_cpu: wholeUnits(cpuTimeMs, 1000),
    rlimit_cpu_type: type(cpuTimeMs),
    rlimit_fsize: inUnits('fsize', MIB),
    rlimit_fsize_type: type(value('fsize')),
    rlimit_nofile: inUnits('nofile', 1),
    rlimit_nofile_type: type(value('nofile')),
    rlimit_nproc_type: 'HARD',
    rlimit_stack: inUnits('stack', MIB),
    rlimit_stack_type: type(value('stack')),
    rlimit_memlock: inUnits('memlock', KIB),
    rlimit_memlock_type: type(value('memlock')),
    rlimit_rtprio: inUnits('rtprio', 1),
    rlimit_rtprio_type: type(value('rtprio')),
    rlimit_msgqueue: inUnits('msgqueue', 1),
    rlimit_msgqueue_type: type(value('msgqueue')),
  };
}

/** nsjail makes a group of its own below `…_parent`; `.` is the hierarchy's root, which is always there. */
function cgroupFields({ plan, pids, cgroupDriver }: StandaloneInput): NsjailConfig {
  const { cgroup } = plan;
  if (cgroup === null || cgroupDriver === 'none') return {};
  const { memoryBytes, swapBytes, cpu } = cgroup;
  const v1 = cgroupDriver === 'v1';
  return {
    use_cgroupv2: !v1,
    ...(v1 ? {} : { cgroupv2_mount: '/sys/fs/cgroup' }),
    ...(memoryBytes === null ? {} : { cgroup_mem_max: memoryBytes, ...(v1 ? group('mem', 'memory') : {}) }),
    ...(memoryBytes === null || swapBytes === null ? {} : { cgroup_mem_swap_max: swapBytes }),
    ...(cgroup.pidsMax === null || pids === null
      ? {}
      : { cgroup_pids_max: pids, ...(v1 ? group('pids', 'pids') : {}) }),
    ...(cpu === null
      ? {}
      : {
          cgroup_cpu_ms_per_sec: wholeUnits((cpu.quotaUs * 1000) / cpu.periodUs, 1),
          ...(v1 ? group('cpu', 'cpu') : {}),
        }),
  };
}

function group(field: 'mem' | 'pids' | 'cpu', controller: string): NsjailConfig {
  return { [`cgroup_${field}_mount`]: `/sys/fs/cgroup/${controller}`, [`cgroup_${field}_parent`]: '.' };
}
