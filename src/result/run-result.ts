import type { CgroupAccount } from '#util/cgroup-account.ts';
import type { RefusedFile } from './artifact.ts';
import type { Control, ControlEntry, Weakening } from './control.ts';
import type { Outcome } from './outcome.ts';

/** One output stream as kept. `bytes` counts what is kept; base64 when that is not valid UTF-8. */
export interface StreamResult {
  readonly data: string;
  readonly encoding: 'utf8' | 'base64';
  readonly bytes: number;
  readonly truncated: boolean;
}

/** `sampled` is the highest of the group's figures that were seen; `supervisor` is our own clock. */
export type UsageSource = 'cgroup1' | 'cgroup2' | 'sampled' | 'rusage' | 'pidusage' | 'init' | 'supervisor';
export type UsageField = 'wallMs' | 'cpuUserMs' | 'cpuSystemMs' | 'memoryPeakBytes' | 'pidsPeak';

/** Launcher and init are taken out; time counts from `started`. null where not measured, never 0 instead. */
export interface Usage extends Readonly<Record<UsageField, number | null>> {
  readonly sources: Readonly<Partial<Record<UsageField, UsageSource>>>;
}

/** Milliseconds. */
export interface Timings {
  /** Waiting for a free place. */
  readonly queuedMs: number;
  /** From the place to `started`. */
  readonly setupMs: number;
  /** From `started` to the end of the main process. */
  readonly runMs: number;
}

/** The first thing that decided that the run must end, recorded before anything was killed. */
export type FirstCause = 'canceled' | 'wall' | 'cpuTime' | 'memory' | 'stdout' | 'stderr' | 'denied';

/** The facts that the outcome was decided from; nothing in it comes from the program's own words. */
export interface Evidence {
  readonly firstCause: FirstCause | null;
  /** Who reported the deadline, when it was one. */
  readonly deadlineBy: 'supervisor' | 'init' | null;
  /** wait(2) status of the main process, from init. */
  readonly waitStatus: number | null;
  readonly execFailed: { readonly step: string; readonly index: number; readonly errno: string } | null;
  readonly denied: { readonly nr: number; readonly auditArch: number } | null;
  /** Counters of the run's cgroup; null without one. */
  readonly memoryEvents: { readonly oomKill: number; readonly oomGroupKill: number | null } | null;
  readonly pidsEvents: { readonly max: number | null } | null;
  readonly cpuThrottled: number | null;
  /** CPU time of the whole tree, microseconds. */
  readonly cpuTotalUs: number | null;
  /** Everything that the run's cgroup counted, launcher and init included; null without one. */
  readonly group: CgroupAccount | null;
  /** Processes that were still there when the main one had ended. */
  readonly orphans: number | null;
  readonly launcher: { readonly exitCode: number | null; readonly signal: string | null };
}

export interface PhaseResult {
  readonly name: 'compile';
  readonly outcome: Outcome;
  readonly usage: Usage;
  readonly stdout: StreamResult;
  readonly stderr: StreamResult;
  readonly cached: boolean;
}

/** A file of the workspace as the program left it. */
export interface ArtifactResult {
  /** Relative to /workspace. The program chose it: it may contain line ends and control sequences. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Permission bits in octal, such as `0644`. */
  readonly mode: string;
  /** Either this, base64 when it is not valid UTF-8, or `savedTo`. */
  readonly data?: string;
  readonly encoding?: 'utf8' | 'base64';
  /** Where the command line wrote it. */
  readonly savedTo?: string;
}

/** What every run ends in (contract: RunResult, schema 1). */
export interface RunResult {
  readonly schema: 1;
  /** ULID, or the id that the request gave. */
  readonly id: string;
  readonly outcome: Outcome;
  /** Exited with 0. */
  readonly ok: boolean;
  readonly phase: 'compile' | 'run';
  readonly stdout: StreamResult;
  readonly stderr: StreamResult;
  readonly usage: Usage;
  readonly limitsHit: readonly Control[];
  readonly timings: Timings;
  readonly phases: readonly PhaseResult[];
  readonly artifacts: readonly ArtifactResult[];
  /** What matched the request's `artifacts` and is not among them, and why; at most 1000. */
  readonly artifactsRefused: readonly RefusedFile[];
  readonly engine: { readonly name: string; readonly version: string };
  readonly policy: { readonly name: string; readonly sha256: string };
  readonly rootfs: { readonly name: string; readonly sha256: string | null };
  readonly controls: readonly ControlEntry[];
  readonly weakenings: readonly Weakening[];
  readonly evidence: Evidence;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}
