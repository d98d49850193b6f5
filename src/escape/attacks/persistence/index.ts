import type { Attack } from '#escape/types.ts';
import { leftovers } from './leftovers.ts';
import { neighbour } from './neighbour.ts';
import { workspaceHooks } from './workspace-hooks.ts';

export const PERSISTENCE_ATTACKS: readonly Attack[] = [leftovers, workspaceHooks, neighbour];
