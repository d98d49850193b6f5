import type { Attack } from '#escape/types.ts';
import { cpuVulns } from './cpu-vulns.ts';
import { env } from './env.ts';
import { identity } from './identity.ts';
import { smt } from './smt.ts';
import { tsc } from './tsc.ts';

export const LEAK_ATTACKS: readonly Attack[] = [env, identity, tsc, smt, cpuVulns];
