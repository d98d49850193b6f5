import type { Attack } from '#escape/types.ts';
import { argbitsIoctl } from './argbits-ioctl.ts';
import { argbitsSocket } from './argbits-socket.ts';
import { argumentRules } from './argument-rules.ts';
import { failClosed } from './fail-closed.ts';
import { filelessExec } from './fileless-exec.ts';
import { filterLayers } from './filter-layers.ts';
import { filterStack } from './filter-stack.ts';
import { int80 } from './int80.ts';
import { legacyArch } from './legacy-arch.ts';
import { matrix } from './matrix.ts';
import { noexecBypass } from './noexec-bypass.ts';
import { personality } from './personality.ts';
import { ptraceRewrite } from './ptrace-rewrite.ts';
import { wxMemory } from './wx-memory.ts';
import { x32 } from './x32.ts';

export const SECCOMP_ATTACKS: readonly Attack[] = [
  matrix,
  int80,
  x32,
  argbitsIoctl,
  argbitsSocket,
  argumentRules,
  filterStack,
  ptraceRewrite,
  personality,
  filelessExec,
  noexecBypass,
  wxMemory,
  legacyArch,
  failClosed,
  filterLayers,
];
