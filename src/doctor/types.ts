/** What `warder doctor` says, and what it is told about the host. */
import type { EngineName } from '#engines/choose.ts';
import type { ErrorCode } from '#error/codes.ts';
import type { CgroupFacts, EngineFacts } from '#host/types.ts';
import type { Trial } from '#launch/trial.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import type { SystemFiles } from './system-files.ts';

/**
 * `failed`: a run under the policy asked for will be refused, or could not be trusted. `warning`: runs work, and something
 * could be better. `skipped`: the question does not arise here, or could not be asked; `found` says why.
 */
export const CHECK_STATES = ['ok', 'warning', 'failed', 'skipped'] as const;
export type CheckState = (typeof CHECK_STATES)[number];

/** In the order in which people are shown them. */
export const CHECK_GROUPS = [
  'installation',
  'kernel',
  'namespaces',
  'cgroups',
  'bubblewrap',
  'nsjail',
  'hardening',
  'resources',
  'policy',
  'runs',
] as const;
export type CheckGroup = (typeof CHECK_GROUPS)[number];

/** The repair, as text for a shell. Files are written by it, so that one form covers commands and contents. */
export interface Fix {
  /** What it does, and what else that means. */
  readonly summary: string;
  readonly asRoot: boolean;
  /** For bash; nothing in it has to be filled in. */
  readonly script: string;
}

export interface Finding {
  readonly state: CheckState;
  /** The evidence: a value, a launcher's own words, an errno. */
  readonly found: string;
  readonly fix?: Fix;
  /** The code with which `warder run` refuses for this reason. */
  readonly code?: ErrorCode;
}

export interface Check {
  /** `group.what`; never changes. */
  readonly id: string;
  readonly group: CheckGroup;
  readonly title: string;
  /** What hangs on it. */
  readonly why: string;
  /** Pure. */
  readonly judge: (facts: DoctorFacts) => Finding;
}

export interface CheckResult {
  readonly id: string;
  readonly group: CheckGroup;
  readonly title: string;
  readonly state: CheckState;
  readonly found: string;
  readonly why: string;
  readonly fix: Fix | null;
  readonly code: ErrorCode | null;
  /** Milliseconds, of a real run; null for everything else. */
  readonly ms: number | null;
}

export interface DoctorReport {
  readonly schema: 1;
  /** Nothing failed: `warder run` under this policy works here. */
  readonly ready: boolean;
  readonly policy: { readonly name: string; readonly sha256: string };
  /** The one asked for, and the one that runs take; null where none can be taken. */
  readonly engine: { readonly wanted: 'auto' | EngineName; readonly used: EngineName | null };
  readonly host: {
    readonly kernel: string;
    readonly arch: string;
    readonly uid: number;
    readonly node: string;
  };
  readonly checks: readonly CheckResult[];
  readonly startedAt: string;
}

/** What the kernel said when it was asked by trying (src/native/survey.c): 0, an errno's name, or a signal's. */
export type Survey = Readonly<Record<string, string>>;

export interface LauncherFacts {
  readonly name: EngineName;
  readonly engine: EngineFacts;
  /** Of `EngineFacts.options`, what every run needs and it lacks. */
  readonly missingOptions: readonly string[];
  /** Mode bits of the file; null when it was not found. */
  readonly mode: number | null;
  /** Of AppArmor, that the kernel starts it under. */
  readonly profile: Profile | null;
  /** A small sandbox with every option that runs use and the survey as its program; null when it was not tried. */
  readonly jail: Trial | null;
  /** By name: what else was tried, launcher by launcher. */
  readonly trials: Readonly<Record<string, TrialVerdict>>;
}

export interface Profile {
  readonly name: string;
  /** `enforce`, `complain`, `kill`, `unconfined` (a profile that only allows), … */
  readonly mode: string;
}

export interface TrialVerdict {
  readonly answer: 'yes' | 'no' | 'unclear';
  /** Of what the answer follows. */
  readonly evidence: string;
}

export interface DoctorFacts {
  readonly uid: number;
  /** As `process.versions.node`. */
  readonly node: string;
  readonly arch: string;
  readonly kernel: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly policy: ResolvedPolicy;
  /** The launchers without which the policy's runs do not work here. */
  readonly neededEngines: readonly EngineName[];
  readonly files: SystemFiles;
  readonly native: { readonly path: string; readonly problem: string | null; readonly survey: Survey | null };
  readonly runtimeDir: { readonly path: string; readonly problem: string | null };
  readonly cgroup: CgroupFacts;
  /** Files of our own group on v2; null on v1, and in the root group, which has none of them. */
  readonly cgroupFeatures: CgroupFeatures | null;
  readonly session: UserSession;
  readonly bubblewrap: LauncherFacts;
  readonly nsjail: LauncherFacts;
  readonly space: readonly Space[];
  readonly openFiles: number;
}

/** Free space of the file system that holds `path`; null for inodes where it does not count them. */
export interface Space {
  readonly path: string;
  readonly freeBytes: number;
  readonly freeInodes: number | null;
}

export interface CgroupFeatures {
  readonly kill: boolean;
  readonly oomGroup: boolean;
  readonly memoryPeak: boolean;
}

/** Of the systemd that each user has (user@.service); of no interest to root. */
export interface UserSession {
  /** Its socket is there. */
  readonly bus: boolean;
  /** XDG_RUNTIME_DIR names the directory of the socket. */
  readonly runtimeDirKnown: boolean;
  readonly lingers: boolean;
}
