import type { Attack } from '#escape/types.ts';
import { corePattern } from './core-pattern.ts';
import { exeOverwrite } from './exe-overwrite.ts';
import { hostPids } from './host-pids.ts';
import { kallsymsDmesg } from './kallsyms-dmesg.ts';
import { kcoreMem } from './kcore-mem.ts';
import { keys } from './keys.ts';
import { masks } from './masks.ts';
import { pid1Cmdline } from './pid1-cmdline.ts';
import { pid1Environ } from './pid1-environ.ts';
import { pid1Mem } from './pid1-mem.ts';
import { selfMem } from './self-mem.ts';
import { sysFirmware } from './sys-firmware.ts';
import { sysrq } from './sysrq.ts';
import { timingFiles } from './timing-files.ts';

export const PROC_ATTACKS: readonly Attack[] = [
  corePattern,
  sysrq,
  kcoreMem,
  kallsymsDmesg,
  hostPids,
  pid1Environ,
  pid1Cmdline,
  pid1Mem,
  selfMem,
  exeOverwrite,
  timingFiles,
  keys,
  masks,
  sysFirmware,
];
