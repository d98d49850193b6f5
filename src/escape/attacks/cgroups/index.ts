import type { Attack } from '#escape/types.ts';
import { moveSelf } from './move-self.ts';
import { pathLeak } from './path-leak.ts';
import { releaseAgent } from './release-agent.ts';
import { startRace } from './start-race.ts';
import { writeLimits } from './write-limits.ts';

export const CGROUP_ATTACKS: readonly Attack[] = [writeLimits, moveSelf, releaseAgent, startRace, pathLeak];
