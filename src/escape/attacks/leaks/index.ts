import type { Attack } from '#escape/types.ts';

export const LEAK_ATTACKS: readonly Attack[] = [];
