import type { LaunchSpec } from '#launch/types.ts';
import type { EngineCapabilities, JailPlan } from '#plan/types.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';

/** The one place where engines meet. */
export interface Engine {
  readonly capabilities: EngineCapabilities;
  /** Options that the launcher must know for our argv to work; probed, never derived from a version. */
  readonly requiredOptions: readonly string[];
  /** Pure: the same plan gives the same bytes. `outer` is what the launcher itself installs, right before it executes init. */
  readonly render: (plan: JailPlan, outer: SeccompFilter) => LaunchSpec;
  /** What a launcher's own words mean, for failures before `ready`; undefined when unknown. */
  readonly diagnose: (diagnostics: string) => Diagnosis | undefined;
}

export interface Diagnosis {
  readonly code:
    | 'HOST_USERNS_DENIED'
    | 'HOST_PATH_UNREACHABLE'
    | 'HOST_RESOURCE_EXHAUSTED'
    | 'ENGINE_SETUP_FAILED';
  readonly why: string;
  readonly hint: string;
}
