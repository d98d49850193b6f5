import type { Attack } from '#escape/types.ts';

export const HOST_ATTACKS: readonly Attack[] = [];
