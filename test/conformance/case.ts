import type { Control, Outcome, RunOptions } from '#index.ts';

/** One program and what must become of it, on every engine and cgroup driver alike. */
export interface ConformanceCase {
  readonly id: string;
  readonly group: string;
  readonly request: RunOptions;
  readonly expect: Expectation;
  /** Aborts the run after this long. */
  readonly cancelAfterMs?: number;
}

export interface Expectation {
  readonly outcome: Outcome;
  /** Exact bytes where given. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Default: none. */
  readonly limitsHit?: readonly Control[];
}

export const exited = (exitCode: number): Outcome => ({ kind: 'exited', exitCode });
export const signaled = (signal: string): Outcome => ({ kind: 'signaled', signal, coreDumped: false });
export const limit = (name: 'wall' | 'cpuTime' | 'memory' | 'stdout' | 'stderr'): Outcome => ({
  kind: 'limit',
  limit: name,
});
export const notStarted = (errno: string): Outcome => ({ kind: 'notStarted', errno });

type Row = readonly [id: string, request: RunOptions, expect: Expectation];

export function group(name: string, rows: readonly Row[]): ConformanceCase[] {
  return rows.map(([id, request, expect]) => ({ id, group: name, request, expect }));
}

export const bash = (script: string, more: Partial<RunOptions> = {}): RunOptions => ({
  argv: ['bash', '-c', script],
  ...more,
});

export const python = (code: string, more: Partial<RunOptions> = {}): RunOptions => ({
  language: 'python',
  code,
  ...more,
});
