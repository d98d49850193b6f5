/** What the surfaces of this package (command line, servers) use beyond its public interface. Not exported from it. */
export {
  type CgroupMount,
  directoryOf,
  parseMountinfo,
  parseProcCgroup,
} from '#cgroup/mountinfo.ts';
export { type DoctorOptions, runDoctor } from '#doctor/doctor.ts';
export {
  CHECK_GROUPS,
  CHECK_STATES,
  type CheckResult,
  type DoctorReport,
  type Fix,
} from '#doctor/types.ts';
export { nameExhaustion } from '#error/exhausted.ts';
export { errnoOf, formatIssue } from '#error/warder-error.ts';
export { TELLING_PROC_FILES } from '#host/proc.ts';
export { findLanguage, LANGUAGES, languageOfFile } from '#languages/registry.ts';
export type { Language } from '#languages/types.ts';
export { type NativeProgram, openNative, probePath } from '#launch/native.ts';
export { OWN_SCOPE_CHANNEL_FD, OWN_SCOPE_VARIABLE } from '#launch/own-scope.ts';
export { type Trial, tryProcess } from '#launch/trial.ts';
export type { LaunchSpec } from '#launch/types.ts';
export { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '#log/logger.ts';
export { runRequestSchema } from '#plan/request-schema.ts';
export type { JailPlan, MountOp, ProgramPlan } from '#plan/types.ts';
export type { LoadedPolicy } from '#policy/assemble.ts';
export { overridesFromAssignments } from '#policy/assignments.ts';
export { diffPolicies, type PolicyDifference } from '#policy/diff.ts';
export { type ExplainedValue, explainPolicy } from '#policy/explain.ts';
export { readFileBytes } from '#policy/files.ts';
export { policyJsonSchema, profileJsonSchema } from '#policy/json-schema.ts';
export { listShippedPolicies, loadPolicyFile } from '#policy/load.ts';
export { parsePolicyText } from '#policy/parse.ts';
export { resolvePolicy } from '#policy/resolve.ts';
export type { PolicyOverrides } from '#policy/schema.ts';
export { REFUSALS } from '#result/artifact.ts';
export { LIMIT_NAMES } from '#result/outcome.ts';
export type { BuiltTree } from '#rootfs/build.ts';
export type { TreeStatus } from '#rootfs/list.ts';
export { rootfsManifestSchema } from '#rootfs/manifest-schema.ts';
export type { BuildProgress } from '#rootfs/types.ts';
export { describeAction } from '#seccomp/action.ts';
export { parseArgument } from '#seccomp/argument.ts';
export { compareFilters, type FilterComparison, type FilterDifference } from '#seccomp/compare-filters.ts';
export { describeCondition } from '#seccomp/conditions.ts';
export { disassembleProgram } from '#seccomp/disassemble.ts';
export { type Explanation, explainCall } from '#seccomp/explain.ts';
export type { Arch, SeccompFilter } from '#seccomp/ir.ts';
export { emitKafel } from '#seccomp/kafel.ts';
export { simulateProgram } from '#seccomp/simulate.ts';
export { describeSource, type FilterSummary } from '#seccomp/summary.ts';
export { AUDIT_ARCH, isSyscallName, syscallName, syscallNames, syscallNumber } from '#seccomp/syscalls.ts';
export { formatCpuList } from '#util/cpu-list.ts';
export { suggest } from '#util/suggest.ts';
export { formatDurationMs, formatSizeBytes, parseDurationMs } from '#util/units.ts';
export { checkSeccomp } from './check-policy.ts';
export { collectGarbage } from './gc.ts';
export { reportLanguages } from './language-report.ts';
export type { SurveyedLanguage } from './language-survey.ts';
export { type OuterGroup, openOuterGroup } from './outer-group.ts';
export { PARENT_VARIABLE, rerunInOwnScope } from './own-scope.ts';
export type { PlanTransform } from './plan-transform.ts';
export type { Prepared } from './prepare.ts';
export type { RootfsBuildOptions } from './rootfs-commands.ts';
export { rootfsCommands } from './rootfs-loader.ts';
export type { RunExtras } from './run.ts';
export { type Learned, learnProfile } from './seccomp-learn.ts';
export { type SeccompSubject, seccompSubject } from './seccomp-subject.ts';
export { standaloneFile } from './standalone.ts';
export { openWarder, type WarderInstance } from './warder.ts';
