import type { Attack } from '#escape/types.ts';
import { affinity } from './affinity.ts';
import { coredump } from './coredump.ts';
import { daemonise } from './daemonise.ts';
import { exitForge } from './exit-forge.ts';
import { ignoreTerm } from './ignore-term.ts';
import { inheritedPriority } from './inherited-priority.ts';
import { killAll } from './kill-all.ts';
import { killOut } from './kill-out.ts';
import { prlimit } from './prlimit.ts';
import { ptraceInit } from './ptrace-init.ts';
import { quietSpin } from './quiet-spin.ts';
import { raiseLimits } from './raise-limits.ts';
import { rtSched } from './rt-sched.ts';

export const PROCESS_ATTACKS: readonly Attack[] = [
  killOut,
  killAll,
  daemonise,
  ignoreTerm,
  quietSpin,
  ptraceInit,
  exitForge,
  prlimit,
  raiseLimits,
  rtSched,
  inheritedPriority,
  affinity,
  coredump,
];
