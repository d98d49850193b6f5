import type { Attack } from '#escape/types.ts';

export const CGROUP_ATTACKS: readonly Attack[] = [];
