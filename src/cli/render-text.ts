/** A rendered plan as text for people. */
import { formatCpuList, formatDurationMs, formatSizeBytes } from '#internal.ts';
import type { RenderedPlan } from './render-plan.ts';
import { table } from './table.ts';

/** For an engine with configuration files the output is such a file, with the plan as comments in it. */
export function renderText(plan: RenderedPlan): string {
  const text = planText(plan);
  if (plan.standalone === null) return text;
  const comments = text.split(/\r\n?|\n/).map((line) => `# ${line}`.trimEnd());
  return `${comments.join('\n')}\n${plan.standalone}`;
}

function planText(plan: RenderedPlan): string {
  return [
    section('Plan', table(overview(plan))),
    section('Refused on this host, so that it would not run', table(refused(plan))),
    section('Launcher', `${quoteAll(plan.launcher.argv)}\n`),
    section('Launcher options', plan.launcher.options.map((option) => `${quoteAll(option)}\n`).join('')),
    section('Launcher configuration', plan.launcher.config ?? ''),
    section('Mounts', table(plan.mounts.map(mountRow))),
    section('Program', table(program(plan))),
    section(
      'Environment',
      table(Object.entries(plan.program.env).map(([name, value]) => [`${name}=${value}`])),
    ),
    section('Files', table(plan.program.files.map(({ path, bytes, mode }) => [mode, `${bytes}B`, path]))),
    section('Supervision', table(supervision(plan))),
    section('Resource limits (setrlimit)', table(plan.rlimits.map(rlimitRow))),
    section('Control group', table(cgroup(plan))),
    section('Controls (in ms, bytes, cores or counts)', table(controls(plan))),
    section('Weakenings', table(plan.weakenings.map(({ id, why }) => [id, why]))),
    section('System calls', table(seccomp(plan))),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

/** Empty sections are left out. */
function section(title: string, body: string): string {
  if (body === '') return '';
  return `${title}:\n${body.replace(/^(?=.)/gm, '  ')}`;
}

function overview({ policy, engine, rootfs, identity, network }: RenderedPlan): string[][] {
  return [
    ['policy', `${policy.name} (sha256 ${policy.sha256})`],
    ['engine', `${engine.name} ${engine.version} (${engine.path})`],
    ['root file system', rootfs.sha256 === null ? rootfs.name : `${rootfs.name} (sha256 ${rootfs.sha256})`],
    ['identity inside', `uid ${identity.uid}, gid ${identity.gid}, host name ${identity.hostname}`],
    ['network', network],
  ];
}

function refused(plan: RenderedPlan): string[][] {
  return plan.refused.map(({ control, why }) => [control, why]);
}

function mountRow(op: RenderedPlan['mounts'][number]): string[] {
  switch (op.kind) {
    case 'tmpfs':
      return [
        'tmpfs',
        op.target,
        `${formatSizeBytes(op.sizeBytes)}, mode ${op.mode.toString(8).padStart(4, '0')}`,
      ];
    case 'bind':
      return ['bind', op.target, `${op.source}, ${op.readOnly ? 'read-only' : 'writable'}`];
    case 'symlink':
      return ['symlink', op.target, `to ${op.to}`];
    case 'file':
      return ['file', op.target, `${Buffer.byteLength(op.content)}B`];
    case 'device':
      return ['device', `/dev/${op.name}`];
    case 'proc':
      return ['proc', '/proc'];
    case 'mask':
      return ['hidden', op.target];
    case 'remountReadOnly':
      return ['read-only', op.target];
  }
}

function program({ program: { argv, cwd } }: RenderedPlan): string[][] {
  return [
    ['command', quoteAll(argv)],
    ['directory', cwd],
  ];
}

function supervision({ supervision: { wallMs, cpuTimeMs, stdout, stderr } }: RenderedPlan): string[][] {
  const output = ({ sizeBytes, onExceed }: typeof stdout): string =>
    sizeBytes === null ? 'unlimited' : `${formatSizeBytes(sizeBytes)}, then ${onExceed}`;
  return [
    ['wall clock', wallMs === null ? 'unlimited' : formatDurationMs(wallMs)],
    ['CPU time', cpuTimeMs === null ? 'unlimited' : formatDurationMs(cpuTimeMs)],
    ['stdout', output(stdout)],
    ['stderr', output(stderr)],
  ];
}

function rlimitRow({ name, soft }: RenderedPlan['rlimits'][number]): string[] {
  return [name, soft === null ? 'unlimited' : String(soft)];
}

function cgroup({ cgroup: settings }: RenderedPlan): string[][] {
  if (settings === null) return [['none']];
  const { memoryBytes, swapBytes, pidsMax, cpu, cpus, io } = settings;
  const number = (value: number | null, format: (value: number) => string): string =>
    value === null ? 'not set' : format(value);
  return [
    ['memory', number(memoryBytes, formatSizeBytes)],
    ['swap on top', number(swapBytes, formatSizeBytes)],
    ['tasks, ours included', number(pidsMax, String)],
    ['CPU', cpu === null ? 'not set' : `${cpu.quotaUs} µs of every ${cpu.periodUs} µs`],
    ...(cpus === undefined ? [] : [['processors', formatCpuList(cpus)]]),
    ...(io === undefined ? [] : ioRows(io)),
  ];
}

type IoRates = NonNullable<NonNullable<RenderedPlan['cgroup']>['io']>;

function ioRows({ readBytes, writeBytes, readOps, writeOps }: IoRates): string[][] {
  const row = (name: string, rate: number | null, format: (rate: number) => string): string[][] =>
    rate === null ? [] : [[name, `${format(rate)} in a second, each disk`]];
  return [
    ...row('disk reads', readBytes, formatSizeBytes),
    ...row('disk writes', writeBytes, formatSizeBytes),
    ...row('read operations', readOps, String),
    ...row('write operations', writeOps, String),
  ];
}

/** A control that lets things be (`writtenFiles: allow`) needs nobody; only a gap is worth a loud word. */
function holders(plan: RenderedPlan, control: string, enforcedBy: readonly string[]): string {
  if (enforcedBy.length > 0) return enforcedBy.join(' + ');
  const gaps = [...plan.refused.map((gap) => gap.control), ...plan.weakenings.map(({ id }) => id)];
  return gaps.includes(control) ? 'NOBODY' : '-';
}

function controls(plan: RenderedPlan): string[][] {
  const rows = plan.controls.map(({ control, value, enforcedBy }) => [
    control,
    Array.isArray(value) ? value.join(' ') : String(value ?? ''),
    holders(plan, control, enforcedBy),
  ]);
  return [['CONTROL', 'VALUE', 'ENFORCED BY'], ...rows];
}

function seccomp({ seccomp: summary }: RenderedPlan): string[][] {
  const { profile, arch, counts, defaultAction, instructions, sha256 } = summary;
  return [
    ['profile', `${profile} (${arch})`],
    ['allowed', String(counts.allowed)],
    ['by argument', String(counts.conditional)],
    ['denied', String(counts.denied)],
    ['all others', `${counts.unlisted} known: ${defaultAction}`],
    ['program', `${instructions} instructions, sha256 ${sha256}`],
  ];
}

/** As a POSIX shell would take it; only for reading, nothing is ever given to one. */
function quoteAll(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
