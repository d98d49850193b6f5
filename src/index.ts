/** The public interface of the package. */
export { ERROR_CODES, type ErrorCode, type ErrorDetails, type InputIssue, type Stage } from '#error/codes.ts';
export { isWarderError, WarderError, type WarderErrorJson } from '#error/warder-error.ts';
export type { RunRequest } from '#plan/request-schema.ts';
export { CONTROLS, type Control, type ControlEntry, type Enforcer, type Weakening } from '#result/control.ts';
export type { LiveUsage } from '#result/live-usage.ts';
export type { LimitName, Outcome } from '#result/outcome.ts';
export type {
  ArtifactResult,
  Evidence,
  FirstCause,
  PhaseResult,
  RunResult,
  StreamResult,
  Timings,
  Usage,
  UsageField,
  UsageSource,
} from '#result/run-result.ts';
export type { Child, SpawnOptions } from './child.ts';
export type { WarderOptions } from './options-schema.ts';
export { createWarder, type LanguageStatus, type RunOptions, type Warder } from './warder.ts';
