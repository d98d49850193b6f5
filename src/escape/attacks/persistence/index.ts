import type { Attack } from '#escape/types.ts';

export const PERSISTENCE_ATTACKS: readonly Attack[] = [];
