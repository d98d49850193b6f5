import type { Attack } from '#escape/types.ts';

export const NAMESPACE_ATTACKS: readonly Attack[] = [];
