import type { Attack } from '#escape/types.ts';

export const IPC_ATTACKS: readonly Attack[] = [];
