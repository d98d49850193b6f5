import { ok, severity, skipped, warning } from './findings.ts';
import { UPDATE_KERNEL } from './fixes/packages.ts';
import { setKernelParameter } from './fixes/shell.ts';
import type { Check, DoctorFacts, Finding } from './types.ts';

/** Landlock's ABIs that add something: refer (Linux 5.19), TCP (6.7), signals and abstract sockets (6.12). */
const LANDLOCK_REFER = 2;
const LANDLOCK_SCOPES = 6;

const ENABLE_LANDLOCK = setKernelParameter(
  'lsm',
  'landlock,lockdown,yama,integrity,apparmor,bpf',
  'Put Landlock among the security modules that the kernel starts with',
);

export const KERNEL_CHECKS: readonly Check[] = [
  call(
    'openat2',
    'openat2 is answered',
    'bubblewrap 0.12 and the export of files resolve paths with it; an outer filter that hides it breaks both',
  ),
  call(
    'pidfd',
    'pidfds',
    'A process is watched and ended by a descriptor that cannot come to mean another one',
  ),
  call(
    'closeRange',
    'close_range',
    'init closes every descriptor but its own with it before a program starts',
  ),
  call('clone3', 'clone3', 'On cgroup v2 a process is put into its group by it while it is made'),
  call(
    'seccompNotify',
    'seccomp with user notification',
    'A denied call is named in the result by this record alone',
  ),
  {
    id: 'kernel.landlock',
    group: 'kernel',
    title: 'Landlock',
    why: 'It alone can forbid executing what the program wrote; a second layer over files, TCP and signals',
    judge: judgeLandlock,
  },
  {
    id: 'kernel.x32',
    group: 'kernel',
    title: 'x32 system calls',
    why: 'A second table of system calls; the filter ends a program that uses it, a launcher runs before the filter',
    judge: judgeX32,
  },
  {
    id: 'kernel.i386',
    group: 'kernel',
    title: '32-bit system calls',
    why: 'A second table of system calls; the filter ends a program that uses it, a launcher runs before the filter',
    judge: judgeI386,
  },
];

function call(name: string, title: string, why: string): Check {
  const judge = ({ native: { survey }, kernel }: DoctorFacts): Finding => {
    const answer = survey?.[name];
    if (answer === undefined) return skipped('not asked: the native program cannot be executed');
    if (answer === '0') return ok('answered');
    const whose =
      answer === 'ENOSYS' ? 'the kernel or a filter around this process does not know it' : 'refused';
    return { state: 'failed', found: `${answer}: ${whose} (Linux ${kernel})`, fix: UPDATE_KERNEL };
  };
  return { id: `kernel.${name}`, group: 'kernel', title, why, judge };
}

function judgeLandlock(facts: DoctorFacts): Finding {
  const answer = facts.native.survey?.['landlock'];
  if (answer === undefined) return skipped('not asked: the native program cannot be executed');
  const abi = Number(answer);
  if (abi >= LANDLOCK_SCOPES) return ok(`ABI ${abi}`);
  const state = abi < LANDLOCK_REFER ? severity(facts, 'writtenFiles') : 'warning';
  const fix = abi === 0 ? ENABLE_LANDLOCK : UPDATE_KERNEL;
  const found = abi === 0 ? 'not there' : `ABI ${abi}; ${LANDLOCK_SCOPES} and newer hold more`;
  return { state, found, fix, ...(state === 'failed' ? { code: 'HOST_CONTROL_UNENFORCEABLE' } : {}) };
}

function judgeX32({ native: { survey } }: DoctorFacts): Finding {
  const answer = survey?.['x32'];
  if (answer === undefined) return skipped('not asked: the native program cannot be executed');
  if (answer !== '0') return ok(`not reachable (${answer})`);
  return warning(
    'reachable',
    setKernelParameter('syscall.x32', 'n', 'Switch these calls off, if no program here needs them'),
  );
}

/** Nearly every distribution has them on, and programs of the host may need them: a remark, not a warning. */
function judgeI386({ native: { survey } }: DoctorFacts): Finding {
  const answer = survey?.['i386'];
  if (answer === undefined) return skipped('not asked: the native program cannot be executed');
  return ok(
    answer === '0'
      ? 'reachable; the kernel parameter ia32_emulation=0 (6.7 and newer) ends that'
      : `not reachable (${answer})`,
  );
}
