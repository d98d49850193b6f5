/** Settings of the host that no run depends on, but that decide how much a flaw elsewhere is worth. */
import { ok, skipped, warning } from './findings.ts';
import { UPDATE_KERNEL } from './fixes/packages.ts';
import { addKernelParameter, dropKernelParameter, setSysctl } from './fixes/shell.ts';
import type { Check, DoctorFacts, Finding } from './types.ts';

const SWITCH_MITIGATIONS_ON = dropKernelParameter(
  'mitigations=off',
  'Take mitigations=off from the kernel command line',
);

interface Setting {
  readonly key: string;
  readonly title: string;
  readonly why: string;
  readonly atLeast: number;
}

/** Kernel documentation: admin-guide/sysctl/{kernel,fs}.rst, admin-guide/LSM/Yama.rst. */
const SETTINGS: readonly Setting[] = [
  {
    key: 'kernel.io_uring_disabled',
    title: 'io_uring is closed to ordinary users',
    why: 'A large part of the privilege escalations of recent years; the filter denies it, a launcher runs before the filter',
    atLeast: 1,
  },
  {
    key: 'kernel.unprivileged_bpf_disabled',
    title: 'bpf is closed to ordinary users',
    why: 'Its verifier has been a way into the kernel; the filter denies it as well',
    atLeast: 1,
  },
  {
    key: 'kernel.perf_event_paranoid',
    title: 'Performance counters are closed to ordinary users',
    why: 'They measure other processes and widen the kernel surface; the filter denies them as well',
    atLeast: 2,
  },
  {
    key: 'kernel.dmesg_restrict',
    title: 'The kernel log is closed to ordinary users',
    why: 'It holds addresses and traces of other runs',
    atLeast: 1,
  },
  {
    key: 'kernel.kptr_restrict',
    title: 'Kernel addresses are hidden',
    why: 'Exploits need them',
    atLeast: 1,
  },
  {
    key: 'kernel.yama.ptrace_scope',
    title: 'Tracing is limited to descendants (Yama)',
    why: 'Processes of one user could trace each other: a launcher, and for a supervisor that is not root warder itself',
    atLeast: 1,
  },
  {
    key: 'fs.protected_hardlinks',
    title: 'Hard links to foreign files are refused',
    why: 'A user could otherwise plant links to files of others where a tool of the host writes',
    atLeast: 1,
  },
  {
    key: 'fs.protected_symlinks',
    title: 'Symbolic links in /tmp are followed for their owner only',
    why: 'A user could otherwise plant links where a tool of the host writes',
    atLeast: 1,
  },
];

export const HARDENING_CHECKS: readonly Check[] = [
  ...SETTINGS.map(toCheck),
  {
    id: 'hardening.corePattern',
    group: 'hardening',
    title: 'Core dumps',
    why: 'A core_pattern that pipes starts a program as root on the host for every crash; runs have a limit of 1 byte, at which the kernel starts none (core(5))',
    judge: judgeCorePattern,
  },
  {
    id: 'hardening.smt',
    group: 'hardening',
    title: 'Hyper-threading',
    why: 'Two programs on one core can watch each other through shared caches and buffers',
    judge: judgeSmt,
  },
  {
    id: 'hardening.cpuVulnerabilities',
    group: 'hardening',
    title: 'Flaws of the processor',
    why: 'An unmitigated one lets a program read what other processes and the kernel hold',
    judge: judgeVulnerabilities,
  },
];

function toCheck({ key, title, why, atLeast }: Setting): Check {
  const name = key.replace(/^.*\./, '').replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const judge = ({ files }: DoctorFacts): Finding => {
    const value = files.number(`proc/sys/${key.replaceAll('.', '/')}`);
    if (value === null) return skipped(`this kernel has no ${key}`);
    return value >= atLeast
      ? ok(`${key} is ${value}`)
      : warning(`${key} is ${value}`, setSysctl(key, atLeast));
  };
  return { id: `hardening.${name}`, group: 'hardening', title, why, judge };
}

function judgeCorePattern({ files, policy }: DoctorFacts): Finding {
  const pattern = files.text('proc/sys/kernel/core_pattern');
  if (pattern === null) return skipped('cannot be read');
  if (!pattern.startsWith('|')) return ok(`core_pattern is ${JSON.stringify(pattern)}, a file`);
  const found = `core_pattern pipes to ${pattern.slice(1).split(' ')[0]}`;
  if (policy.limits.coreBytes <= 1) return ok(`${found}, which this policy keeps from starting`);
  return warning(`${found}, and this policy allows core dumps`, setSysctl('kernel.core_pattern', 'core'));
}

function judgeSmt({ files }: DoctorFacts): Finding {
  const active = files.number('sys/devices/system/cpu/smt/active');
  if (active === null) return skipped('this kernel does not say');
  if (active === 0) return ok('off, or not there');
  return warning(
    'on',
    addKernelParameter('nosmt', 'Switch it off, where runs of strangers share this machine'),
  );
}

function judgeVulnerabilities({ files }: DoctorFacts): Finding {
  const known = files.directory('sys/devices/system/cpu/vulnerabilities');
  if (known.size === 0) return skipped('this kernel does not say');
  const open = [...known].filter(([, text]) => /vulnerable/i.test(text) && !text.startsWith('Mitigation'));
  if (open.length === 0) return ok(`${known.size} known, none open`);
  const isSwitchedOff = /\bmitigations=off\b/.test(files.text('proc/cmdline') ?? '');
  const found = `open: ${open.map(([name]) => name).join(', ')}`;
  if (!isSwitchedOff) return warning(found, UPDATE_KERNEL);
  return warning(`${found} (mitigations=off on the kernel command line)`, SWITCH_MITIGATIONS_ON);
}
