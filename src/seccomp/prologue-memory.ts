import { ALLOW, errnoAction } from './action.ts';
import { equals32, masked32 } from './conditions.ts';
import { ERRNO } from './errno.ts';
import type { Arch, ArgIndex, SyscallEntry, Verdict } from './ir.ts';

/** <asm-generic/mman-common.h>, <linux/memfd.h>, <linux/shm.h>; the same on x86_64 and aarch64. */
const MAP_HUGETLB = 0x40000;
const MFD_HUGETLB = 0x4;
const SHM_HUGETLB = 0o4000;
const MADV_MERGEABLE = 12;
const F_SETFL = 4;
/** <asm-generic/fcntl.h>, and <asm/fcntl.h> of arm64, which has its own. */
const O_DIRECT: { readonly [A in Arch]: number } = { x86_64: 0o40000, aarch64: 0o200000 };

const HUGE_WHY =
  "huge pages of the host's pool are not charged to the memory controller, so no memory limit would hold them";
const OTHERWISE: Verdict = { action: ALLOW, why: 'memory that the limit counts' };

/** Refuses a call with `flag` in the given argument, as a host without huge pages does. */
function withoutHugePages(syscall: string, arg: ArgIndex, flag: number, errno: number): SyscallEntry {
  const refused = { when: [masked32(arg, flag, flag)], action: errnoAction(errno), why: HUGE_WHY };
  return { syscall, branches: [refused], otherwise: OTHERWISE };
}

/** Memory that the limit does not see, or that is shared behind the program's back. */
const MEMORY_GUARDS: readonly SyscallEntry[] = [
  withoutHugePages('mmap', 3, MAP_HUGETLB, ERRNO.ENOMEM),
  withoutHugePages('shmget', 2, SHM_HUGETLB, ERRNO.ENOMEM),
  withoutHugePages('memfd_create', 1, MFD_HUGETLB, ERRNO.EINVAL),
  {
    syscall: 'madvise',
    branches: [
      {
        when: [equals32(2, MADV_MERGEABLE)],
        action: errnoAction(ERRNO.EINVAL),
        why: 'MADV_MERGEABLE shares pages with other runs, which timing reveals; EINVAL is what a kernel without it says',
      },
    ],
    otherwise: { action: ALLOW, why: 'advice about memory of its own' },
  },
];

export function memoryGuards(arch: Arch): readonly SyscallEntry[] {
  return [...MEMORY_GUARDS, withoutPacketPipes(O_DIRECT[arch])];
}

function withoutPacketPipes(direct: number): SyscallEntry {
  const refused = {
    when: [equals32(1, F_SETFL), masked32(2, direct, direct)],
    action: errnoAction(ERRNO.EINVAL),
    why: 'a packet pipe costs its reader one read a byte, and readers take a short packet before a hang-up for the last one',
  };
  const otherwise: Verdict = { action: ALLOW, why: 'descriptors of its own' };
  return { syscall: 'fcntl', branches: [refused], otherwise };
}
