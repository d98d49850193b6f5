import type { Attack } from '#escape/types.ts';

export const CAPABILITY_ATTACKS: readonly Attack[] = [];
