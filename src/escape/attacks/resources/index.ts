import type { Attack } from '#escape/types.ts';

export const RESOURCE_ATTACKS: readonly Attack[] = [];
