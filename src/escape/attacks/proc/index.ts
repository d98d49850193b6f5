import type { Attack } from '#escape/types.ts';

export const PROC_ATTACKS: readonly Attack[] = [];
