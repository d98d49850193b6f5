import type { Attack } from '#escape/types.ts';

export const TERMINAL_ATTACKS: readonly Attack[] = [];
