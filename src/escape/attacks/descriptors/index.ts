import type { Attack } from '#escape/types.ts';
import { dirWalk } from './dir-walk.ts';
import { inherited } from './inherited.ts';
import { pidfdSteal } from './pidfd-steal.ts';

export const DESCRIPTOR_ATTACKS: readonly Attack[] = [inherited, dirWalk, pidfdSteal];
