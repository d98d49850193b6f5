import { ALLOW, errnoAction } from './action.ts';
import { equals32 } from './conditions.ts';
import { ERRNO } from './errno.ts';
import type { Branch, SyscallEntry } from './ir.ts';

/** Options of <linux/prctl.h> that concern the caller alone and that runtimes use. */
const ALLOWED_OPTIONS = {
  PR_SET_PDEATHSIG: 1,
  PR_GET_PDEATHSIG: 2,
  PR_GET_DUMPABLE: 3,
  PR_SET_DUMPABLE: 4,
  PR_GET_KEEPCAPS: 7,
  PR_SET_KEEPCAPS: 8,
  PR_GET_TIMING: 13,
  PR_SET_NAME: 15,
  PR_GET_NAME: 16,
  PR_GET_SECCOMP: 21,
  PR_SET_SECCOMP: 22,
  PR_CAPBSET_READ: 23,
  PR_CAPBSET_DROP: 24,
  PR_GET_TSC: 25,
  PR_GET_SECUREBITS: 27,
  PR_SET_TIMERSLACK: 29,
  PR_GET_TIMERSLACK: 30,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_GET_CHILD_SUBREAPER: 37,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_GET_NO_NEW_PRIVS: 39,
  PR_GET_TID_ADDRESS: 40,
  PR_SET_THP_DISABLE: 41,
  PR_GET_THP_DISABLE: 42,
  PR_CAP_AMBIENT: 47,
  PR_SVE_SET_VL: 50,
  PR_SVE_GET_VL: 51,
  PR_GET_SPECULATION_CTRL: 52,
  PR_PAC_RESET_KEYS: 54,
  PR_SET_TAGGED_ADDR_CTRL: 55,
  PR_GET_TAGGED_ADDR_CTRL: 56,
  PR_PAC_GET_ENABLED_KEYS: 61,
  PR_SET_MDWE: 65,
  PR_GET_MDWE: 66,
  PR_GET_AUXV: 0x41555856,
  PR_SET_VMA: 0x53564d41,
} as const;

/** Options that are refused by name, so that a tool prints the reason that it would print without privileges. */
const DENIED_OPTIONS: readonly { readonly option: number; readonly why: string }[] = [
  { option: 26, why: 'PR_SET_TSC makes rdtsc fault, which breaks whatever the process runs next' },
  { option: 28, why: 'PR_SET_SECUREBITS changes how capabilities are gained' },
  { option: 35, why: 'PR_SET_MM rewrites what /proc shows about the process' },
  { option: 53, why: 'PR_SET_SPECULATION_CTRL can switch off speculation mitigations' },
  { option: 59, why: 'PR_SET_SYSCALL_USER_DISPATCH hides calls from what watches them' },
  { option: 62, why: 'PR_SCHED_CORE changes which processes share a core' },
  { option: 67, why: 'PR_SET_MEMORY_MERGE shares pages with other runs, which timing reveals' },
  { option: 0x59616d61, why: 'PR_SET_PTRACER invites other processes to trace the caller' },
];

/** prctl: an allow-list, because new options appear with new kernels. */
export const PRCTL_GUARD: SyscallEntry = {
  syscall: 'prctl',
  branches: [
    ...Object.entries(ALLOWED_OPTIONS).map(
      ([name, option]): Branch => ({
        when: [equals32(0, option)],
        action: ALLOW,
        why: `${name} is harmless`,
      }),
    ),
    ...DENIED_OPTIONS.map(
      ({ option, why }): Branch => ({ when: [equals32(0, option)], action: errnoAction(ERRNO.EPERM), why }),
    ),
  ],
  otherwise: { action: errnoAction(ERRNO.EINVAL), why: 'as a kernel answers that does not know the option' },
};
