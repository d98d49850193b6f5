import type { Attack } from '#escape/types.ts';

export const DESCRIPTOR_ATTACKS: readonly Attack[] = [];
