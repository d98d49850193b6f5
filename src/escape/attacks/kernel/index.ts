import type { Attack } from '#escape/types.ts';
import { adminMisc } from './admin-misc.ts';
import { adminRoot } from './admin-root.ts';
import { afAlg } from './af-alg.ts';
import { bpf } from './bpf.ts';
import { dirtyFrag } from './dirty-frag.ts';
import { exoticFamilies } from './exotic-families.ts';
import { futexPi } from './futex-pi.ts';
import { ioUring } from './io-uring.ts';
import { moduleKexec } from './module-kexec.ts';
import { netfilter } from './netfilter.ts';
import { numaMove } from './numa-move.ts';
import { packetRaw } from './packet-raw.ts';
import { perf } from './perf.ts';
import { residual } from './residual.ts';
import { userfaultfd } from './userfaultfd.ts';
import { vsock } from './vsock.ts';

export const KERNEL_ATTACKS: readonly Attack[] = [
  afAlg,
  dirtyFrag,
  ioUring,
  bpf,
  perf,
  userfaultfd,
  moduleKexec,
  netfilter,
  packetRaw,
  vsock,
  exoticFamilies,
  adminMisc,
  adminRoot,
  numaMove,
  futexPi,
  residual,
];
