import type { Attack } from '#escape/types.ts';
import { cpuSpin } from './cpu-spin.ts';
import { devFull } from './dev-full.ts';
import { diskIo } from './disk-io.ts';
import { fdExhaust } from './fd-exhaust.ts';
import { forkBomb } from './fork-bomb.ts';
import { fsize } from './fsize.ts';
import { inodeFlood } from './inode-flood.ts';
import { limitsOfTheGroup } from './limits-of-the-group.ts';
import { limitsOfTheKernel } from './limits-of-the-kernel.ts';
import { memAnon } from './mem-anon.ts';
import { memKernel } from './mem-kernel.ts';
import { memPagecache } from './mem-pagecache.ts';
import { memShared } from './mem-shared.ts';
import { oomVictim } from './oom-victim.ts';
import { outputFlood } from './output-flood.ts';
import { outputStall } from './output-stall.ts';
import { standIns } from './stand-ins.ts';
import { swap } from './swap.ts';
import { wallSleep } from './wall-sleep.ts';

export const RESOURCE_ATTACKS: readonly Attack[] = [
  cpuSpin,
  wallSleep,
  memAnon,
  memShared,
  memPagecache,
  memKernel,
  swap,
  oomVictim,
  forkBomb,
  fdExhaust,
  fsize,
  inodeFlood,
  outputFlood,
  devFull,
  outputStall,
  diskIo,
  limitsOfTheKernel,
  limitsOfTheGroup,
  standIns,
];
