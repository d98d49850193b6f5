import type { Attack } from '#escape/types.ts';

export const NETWORK_ATTACKS: readonly Attack[] = [];
