import type { Attack } from '#escape/types.ts';

export const KERNEL_ATTACKS: readonly Attack[] = [];
