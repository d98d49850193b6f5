import { ALLOW, errnoAction } from './action.ts';
import { differs32, equals32, equals64, masked32 } from './conditions.ts';
import { ERRNO } from './errno.ts';
import type { ArgIndex, Branch, SyscallEntry, Verdict } from './ir.ts';
import { PRCTL_GUARD } from './prologue-prctl.ts';

function allow(why: string): Verdict {
  return { action: ALLOW, why };
}

function deny(why: string): Verdict {
  return { action: errnoAction(ERRNO.EPERM), why };
}

/**
 * <linux/sched.h>: NEWNS 0x00020000, NEWCGROUP 0x02000000, NEWUTS 0x04000000, NEWIPC 0x08000000,
 * NEWUSER 0x10000000, NEWPID 0x20000000, NEWNET 0x40000000.
 */
const NAMESPACE_FLAGS = 0x7e020000;
/** Valid in unshare and clone3 only; in clone it is part of the exit signal. */
const CLONE_NEWTIME = 0x80;

const NO_NAMESPACE = 'a new namespace gives capabilities over kernel code that is otherwise out of reach';

/** <linux/seccomp.h>. */
const SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;

/** <asm-generic/ioctls.h> and <linux/tiocl.h>; the kernel's `cmd` is an unsigned int. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const TIOCSETD = 0x5423;

/** <asm-generic/resource.h>. */
const RLIMIT_CORE = 4;
/** <linux/resource.h>, <linux/ioprio.h>. */
const PRIO_PROCESS = 0;
const IOPRIO_WHO_PROCESS = 1;

const CORE_WHY =
  'a core limit of 1 keeps a piped core_pattern from starting its helper on the host; 0 would not (core(5), coredump.c)';
const ONESELF = 'on the calling thread only';
const OTHER_USES = 'its other uses concern the caller alone';
const SELF_WHY =
  'init has the uid of the program, which could starve it; only the caller itself may be changed';

/** Refuses a call unless it is about the calling thread, which pid 0 means. */
function selfOnly(syscall: string, pid: ArgIndex): SyscallEntry {
  return { syscall, branches: [{ when: [equals32(pid, 0)], ...allow(ONESELF) }], otherwise: deny(SELF_WHY) };
}

function denyIoctl(cmd: number, why: string): Branch {
  return { when: [equals32(1, cmd)], ...deny(why) };
}

/**
 * <asm/prctl.h> of x86. What is not here: ARCH_SET_CPUID makes cpuid fault, ARCH_MAP_VDSO_* places kernel code where the
 * caller wants it, ARCH_REQ_XCOMP_GUEST_PERM is for virtual machines.
 */
const ARCH_PRCTL_OPTIONS = {
  ARCH_SET_GS: 0x1001,
  ARCH_SET_FS: 0x1002,
  ARCH_GET_FS: 0x1003,
  ARCH_GET_GS: 0x1004,
  ARCH_GET_CPUID: 0x1011,
  ARCH_GET_XCOMP_SUPP: 0x1021,
  ARCH_GET_XCOMP_PERM: 0x1022,
  ARCH_REQ_XCOMP_PERM: 0x1023,
  ARCH_CET_STATUS: 0x3001,
  ARCH_SHSTK_ENABLE: 0x5001,
  ARCH_SHSTK_DISABLE: 0x5002,
  ARCH_SHSTK_LOCK: 0x5003,
  ARCH_SHSTK_STATUS: 0x5005,
} as const;

/** Calls about processes and terminals that some arguments make dangerous. */
export const PROCESS_GUARDS: readonly SyscallEntry[] = [
  {
    syscall: 'clone',
    branches: [{ when: [masked32(0, NAMESPACE_FLAGS, 0)], ...allow('makes no namespace') }],
    otherwise: deny(NO_NAMESPACE),
  },
  {
    syscall: 'unshare',
    branches: [{ when: [masked32(0, NAMESPACE_FLAGS | CLONE_NEWTIME, 0)], ...allow('makes no namespace') }],
    otherwise: deny(NO_NAMESPACE),
  },
  {
    syscall: 'seccomp',
    branches: [
      {
        when: [masked32(1, SECCOMP_FILTER_FLAG_NEW_LISTENER, SECCOMP_FILTER_FLAG_NEW_LISTENER)],
        ...deny('a listener of the program could answer its own calls in place of init'),
      },
    ],
    otherwise: allow(OTHER_USES),
  },
  {
    syscall: 'ioctl',
    branches: [
      denyIoctl(TIOCSTI, 'types into the terminal, and so into the shell outside'),
      denyIoctl(TIOCLINUX, 'pastes into the virtual console'),
      denyIoctl(TIOCSETD, 'makes the kernel load a line discipline, rarely used code'),
    ],
    otherwise: allow(OTHER_USES),
  },
  {
    syscall: 'personality',
    branches: [
      { when: [equals32(0, 0)], ...allow('PER_LINUX, what every process has') },
      { when: [equals32(0, 0xffffffff)], ...allow('only asks') },
    ],
    otherwise: deny('other personalities switch off address randomization or make data executable'),
  },
  PRCTL_GUARD,
  {
    syscall: 'arch_prctl',
    branches: Object.entries(ARCH_PRCTL_OPTIONS).map(
      ([name, option]): Branch => ({
        when: [equals32(0, option)],
        ...allow(`${name} is about the caller alone`),
      }),
    ),
    otherwise: {
      action: errnoAction(ERRNO.EINVAL),
      why: 'as a kernel answers that does not know the option',
    },
  },
  {
    syscall: 'setrlimit',
    branches: [{ when: [equals32(0, RLIMIT_CORE)], ...deny(CORE_WHY) }],
    otherwise: allow(OTHER_USES),
  },
  {
    syscall: 'prlimit64',
    branches: [
      { when: [equals64(2, 0n)], ...allow('without a new limit it only reads') },
      { when: [equals32(1, RLIMIT_CORE)], ...deny(CORE_WHY) },
      { when: [equals32(0, 0)], ...allow(ONESELF) },
    ],
    otherwise: deny(SELF_WHY),
  },
  {
    syscall: 'setpriority',
    branches: [
      { when: [differs32(0, PRIO_PROCESS)], ...deny(SELF_WHY) },
      { when: [differs32(1, 0)], ...deny(SELF_WHY) },
    ],
    otherwise: allow(OTHER_USES),
  },
  {
    syscall: 'ioprio_set',
    branches: [
      { when: [differs32(0, IOPRIO_WHO_PROCESS)], ...deny(SELF_WHY) },
      { when: [differs32(1, 0)], ...deny(SELF_WHY) },
    ],
    otherwise: allow(OTHER_USES),
  },
  selfOnly('sched_setaffinity', 0),
  selfOnly('sched_setscheduler', 0),
  selfOnly('sched_setparam', 0),
  selfOnly('sched_setattr', 0),
];
