import type { Attack } from '#escape/types.ts';

export const PROCESS_ATTACKS: readonly Attack[] = [];
