import type { Attack } from '#escape/types.ts';

export const SECCOMP_ATTACKS: readonly Attack[] = [];
