/** What the program did. Returned, never thrown; decided from evidence only (contract: RunResult). */
export type Outcome =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'signaled'; readonly signal: string; readonly coreDumped: boolean }
  | { readonly kind: 'limit'; readonly limit: LimitName }
  | { readonly kind: 'denied'; readonly by: 'seccomp'; readonly syscall: string; readonly abi: string }
  | { readonly kind: 'notStarted'; readonly errno: string }
  | { readonly kind: 'canceled' };

/** Limits that end a run, by the policy's own names. */
export type LimitName = 'wall' | 'cpuTime' | 'memory' | 'stdout' | 'stderr';

export const LIMIT_NAMES = [
  'wall',
  'cpuTime',
  'memory',
  'stdout',
  'stderr',
] as const satisfies readonly LimitName[];
