/**
 * The rules that no policy can lift. A held call is refused whatever its arguments are. A guarded call is refused
 * for some arguments; where its guard says `allow`, the profile decides (compose.ts).
 *
 * The ABI checks that come before all of this are part of every compiled filter (compile.ts).
 */

import { errnoAction } from './action.ts';
import { ERRNO } from './errno.ts';
import type { Arch, SyscallEntry } from './ir.ts';
import { memoryGuards } from './prologue-memory.ts';
import { PROCESS_GUARDS } from './prologue-process.ts';
import { type NetworkMode, socketGuards } from './prologue-sockets.ts';

interface HeldGroup {
  readonly errno: number;
  readonly why: string;
  readonly syscalls: readonly string[];
}

/** EPERM where a tool should print a sensible message, ENOSYS where callers are known to fall back on it only. */
const HELD: readonly HeldGroup[] = [
  {
    errno: ERRNO.ENOSYS,
    why: 'its flags are behind a pointer, which a filter cannot read; glibc falls back to clone on ENOSYS only',
    syscalls: ['clone3'],
  },
  {
    errno: ERRNO.ENOSYS,
    why: 'io_uring does work that no filter sees and has a long record of kernel bugs; libuv falls back on an errno',
    syscalls: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  },
  {
    errno: ERRNO.EPERM,
    why: 'reads or changes another process, and init has the uid of the program',
    syscalls: [
      'ptrace',
      'process_vm_readv',
      'process_vm_writev',
      'process_madvise',
      'process_mrelease',
      'pidfd_getfd',
      'kcmp',
      'move_pages',
      'migrate_pages',
    ],
  },
  {
    errno: ERRNO.EPERM,
    why: 'a large kernel surface that ordinary programs do not use',
    syscalls: [
      'bpf',
      'userfaultfd',
      'perf_event_open',
      'fanotify_init',
      'lookup_dcookie',
      'nfsservctl',
      'modify_ldt',
    ],
  },
  {
    errno: ERRNO.EPERM,
    why: 'loads code into the kernel or replaces it',
    syscalls: [
      'init_module',
      'finit_module',
      'delete_module',
      'create_module',
      'query_module',
      'get_kernel_syms',
      'kexec_load',
      'kexec_file_load',
      'uselib',
    ],
  },
  {
    errno: ERRNO.EPERM,
    why: 'keyrings are not namespaced: runs with the same host uid would share them',
    syscalls: ['add_key', 'keyctl', 'request_key'],
  },
  {
    errno: ERRNO.EPERM,
    why: 'changes the mounts or namespaces that the sandbox is made of',
    syscalls: [
      'mount',
      'umount2',
      'pivot_root',
      'chroot',
      'setns',
      'fsopen',
      'fsconfig',
      'fsmount',
      'fspick',
      'move_mount',
      'open_tree',
      'mount_setattr',
    ],
  },
  {
    errno: ERRNO.EPERM,
    why: 'file handles reach files outside the mounts of the sandbox',
    syscalls: ['name_to_handle_at', 'open_by_handle_at'],
  },
  {
    errno: ERRNO.EPERM,
    why: 'administers the host',
    syscalls: [
      'acct',
      'adjtimex',
      'clock_adjtime',
      'clock_settime',
      'ioperm',
      'iopl',
      'quotactl',
      'quotactl_fd',
      'reboot',
      'setdomainname',
      'sethostname',
      'settimeofday',
      'swapoff',
      'swapon',
      'syslog',
      'vhangup',
    ],
  },
];

const HELD_CALLS: ReadonlySet<string> = new Set(HELD.flatMap(({ syscalls }) => syscalls));

/** The calls that the prologue refuses whatever their arguments are. */
export function heldCalls(): ReadonlySet<string> {
  return HELD_CALLS;
}

/** The prologue as entries: held calls without branches, guarded calls with `allow` where the profile decides. */
export function prologueEntries(network: NetworkMode, arch: Arch = 'x86_64'): readonly SyscallEntry[] {
  const held = HELD.flatMap(({ errno, why, syscalls }) =>
    syscalls.map((syscall) => ({ syscall, branches: [], otherwise: { action: errnoAction(errno), why } })),
  );
  return [...held, ...PROCESS_GUARDS, ...memoryGuards(arch), ...socketGuards(network)];
}
