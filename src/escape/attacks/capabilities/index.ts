import type { Attack } from '#escape/types.ts';
import { fileCaps } from './file-caps.ts';
import { outsideUid } from './outside-uid.ts';
import { regain } from './regain.ts';
import { setsEmpty } from './sets-empty.ts';
import { suidExec } from './suid-exec.ts';

export const CAPABILITY_ATTACKS: readonly Attack[] = [setsEmpty, outsideUid, regain, suidExec, fileCaps];
