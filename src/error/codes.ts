/**
 * Every error code of warder, in one table: which stage it belongs to and what it means.
 * Names are STAGE_WHAT. docs/errors.md is tested against this table in both directions.
 */

export type Stage =
  | 'request'
  | 'policy'
  | 'host'
  | 'plan'
  | 'seccomp'
  | 'cgroup'
  | 'engine'
  | 'launch'
  | 'supervise'
  | 'internal';

/** One problem at one place of an input; all problems of an input are reported together. */
export interface InputIssue {
  /** Dot path of the value, such as `limits.memory`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** What each code carries in `details`. */
export interface ErrorDetails {
  REQUEST_INVALID: { issues: readonly InputIssue[] };
  REQUEST_FILE_UNREADABLE: { path: string; errno: string };
  REQUEST_STDIN_FAILED: { why: string };
  REQUEST_BEYOND_CEILING: { issues: readonly InputIssue[] };
  POLICY_NOT_FOUND: { name: string; known: readonly string[] };
  POLICY_UNREADABLE: { path: string; errno: string };
  POLICY_INVALID: { issues: readonly InputIssue[] };
  POLICY_DIGEST_MISMATCH: { name: string; expected: string; actual: string };
  SECCOMP_INVALID: { issues: readonly InputIssue[] };
  HOST_ENGINE_MISSING: { engine: string; searched: readonly string[] };
  HOST_ENGINE_UNUSABLE: { engine: string; missing: readonly string[] };
  HOST_CONTROL_UNENFORCEABLE: { controls: readonly { control: string; why: string }[] };
  HOST_USERNS_DENIED: { why: string };
  HOST_PATH_UNREACHABLE: { why: string };
  HOST_ROOTFS_MISSING: { rootfs: string };
  HOST_ROOTFS_DAMAGED: { rootfs: string; problems: readonly string[] };
  HOST_ROOTFS_BUILD_FAILED: { rootfs: string; step: string; why: string };
  HOST_ROOTFS_BUSY: { rootfs: string };
  HOST_ROOTFS_STORE: { path: string; why: string };
  HOST_ROOTFS_MANIFEST: { issues: readonly InputIssue[] };
  HOST_ROOTFS_SOURCE: { rootfs: string; source: string; why: string };
  HOST_LANGUAGE_MISSING: { language: string; searched: readonly string[] };
  HOST_LANGUAGE_UNUSABLE: { language: string; why: string };
  HOST_LANGUAGE_BROKEN: { language: string; rootfs: string | null; why: string };
  HOST_NATIVE_MISSING: { path: string };
  HOST_ARCH_UNSUPPORTED: { arch: string };
  HOST_RUNTIME_DIR: { path: string; why: string };
  HOST_UIDS_EXHAUSTED: { first: number; count: number };
  HOST_TOOL_MISSING: { tool: string };
  HOST_RESOURCE_EXHAUSTED: { what: string; errno: string };
  CGROUP_CREATE_FAILED: { path: string; errno: string };
  CGROUP_WRITE_FAILED: { path: string; data: string; errno: string };
  CGROUP_READ_FAILED: { path: string; errno: string };
  CGROUP_REMOVE_FAILED: { path: string; errno: string };
  ENGINE_SETUP_FAILED: {
    engine: string;
    diagnostics: string;
    exitCode: number | null;
    signal: string | null;
  };
  ENGINE_SETUP_TIMEOUT: { engine: string; timeoutMs: number; diagnostics: string };
  ENGINE_LAUNCHER_DIED: { engine: string; exitCode: number | null; signal: string | null };
  ENGINE_INIT_DIED: { engine: string; exitCode: number | null; signal: string | null };
  ENGINE_STUCK: { engine: string; pid: number };
  ENGINE_PROTOCOL: { why: string };
  LAUNCH_SPAWN_FAILED: { path: string; errno: string };
  LAUNCH_STEP_FAILED: { step: string; index: number; errno: string };
  SUPERVISE_QUEUE_FULL: { running: number; queued: number };
  SUPERVISE_CLOSED: Record<string, never>;
  INTERNAL_BUG: { what: string };
}

export type ErrorCode = keyof ErrorDetails;

export const ERROR_CODES: { readonly [C in ErrorCode]: { readonly stage: Stage; readonly meaning: string } } =
  {
    REQUEST_INVALID: { stage: 'request', meaning: 'The request is malformed; every problem is listed.' },
    REQUEST_FILE_UNREADABLE: { stage: 'request', meaning: 'A file that the request names cannot be read.' },
    REQUEST_STDIN_FAILED: {
      stage: 'request',
      meaning: "The source of the program's stdin failed before its end.",
    },
    REQUEST_BEYOND_CEILING: {
      stage: 'request',
      meaning: "The request raises a limit beyond the policy's ceilings.",
    },
    POLICY_NOT_FOUND: {
      stage: 'policy',
      meaning: 'No policy of that name is shipped and no such file exists.',
    },
    POLICY_UNREADABLE: { stage: 'policy', meaning: 'A policy file exists but cannot be read.' },
    POLICY_INVALID: {
      stage: 'policy',
      meaning: 'A policy file is wrong; every problem is listed with its place.',
    },
    POLICY_DIGEST_MISMATCH: {
      stage: 'policy',
      meaning: 'The policy is not the one that the request was made for.',
    },
    SECCOMP_INVALID: { stage: 'seccomp', meaning: 'A seccomp profile or rule cannot be compiled.' },
    HOST_ENGINE_MISSING: { stage: 'host', meaning: 'The launcher is not installed.' },
    HOST_ENGINE_UNUSABLE: { stage: 'host', meaning: 'The launcher lacks a feature that warder needs.' },
    HOST_CONTROL_UNENFORCEABLE: {
      stage: 'host',
      meaning: 'The policy asks for a control that this host, engine or user cannot enforce.',
    },
    HOST_USERNS_DENIED: { stage: 'host', meaning: 'The host does not let this user create user namespaces.' },
    HOST_PATH_UNREACHABLE: {
      stage: 'host',
      meaning: 'A path of the host that the jail is to show does not exist or cannot be reached.',
    },
    HOST_ROOTFS_MISSING: { stage: 'host', meaning: 'The root file system is not built or not allowed.' },
    HOST_ROOTFS_DAMAGED: {
      stage: 'host',
      meaning: 'A built root file system is no longer what was built.',
    },
    HOST_ROOTFS_BUILD_FAILED: { stage: 'host', meaning: 'A root file system could not be built.' },
    HOST_ROOTFS_BUSY: { stage: 'host', meaning: 'Another process is building the same root file system.' },
    HOST_ROOTFS_STORE: {
      stage: 'host',
      meaning: 'The directory of built root file systems is full, closed or not ours.',
    },
    HOST_ROOTFS_MANIFEST: {
      stage: 'host',
      meaning: 'The manifest of a root file system is unknown or wrong; every problem is listed.',
    },
    HOST_ROOTFS_SOURCE: {
      stage: 'host',
      meaning: 'A directory, archive or image cannot be made a root file system.',
    },
    HOST_LANGUAGE_MISSING: {
      stage: 'host',
      meaning: "The language's interpreter is not in the root file system.",
    },
    HOST_LANGUAGE_UNUSABLE: {
      stage: 'host',
      meaning: "The language's tools are there, and this version of them cannot run it.",
    },
    HOST_LANGUAGE_BROKEN: {
      stage: 'host',
      meaning: "The language's tools are there, and its first program failed here, twice.",
    },
    HOST_NATIVE_MISSING: { stage: 'host', meaning: 'The native program (warder-init) has not been built.' },
    HOST_ARCH_UNSUPPORTED: { stage: 'host', meaning: 'warder does not support this processor architecture.' },
    HOST_RUNTIME_DIR: { stage: 'host', meaning: 'The directory for locks and owner records is unusable.' },
    HOST_UIDS_EXHAUSTED: { stage: 'host', meaning: 'Every uid of the range is in use by a run.' },
    HOST_TOOL_MISSING: {
      stage: 'host',
      meaning: 'A tool of the host that a command needs is not installed.',
    },
    HOST_RESOURCE_EXHAUSTED: {
      stage: 'host',
      meaning: 'The host is out of processes, memory or descriptors.',
    },
    CGROUP_CREATE_FAILED: { stage: 'cgroup', meaning: 'The cgroup of a run could not be created.' },
    CGROUP_WRITE_FAILED: { stage: 'cgroup', meaning: 'A limit could not be written to a cgroup file.' },
    CGROUP_READ_FAILED: { stage: 'cgroup', meaning: 'A cgroup file could not be read.' },
    CGROUP_REMOVE_FAILED: { stage: 'cgroup', meaning: 'The cgroup of a finished run could not be removed.' },
    ENGINE_SETUP_FAILED: { stage: 'engine', meaning: 'The launcher ended before the sandbox was ready.' },
    ENGINE_SETUP_TIMEOUT: { stage: 'engine', meaning: 'The sandbox was not ready in time.' },
    ENGINE_LAUNCHER_DIED: {
      stage: 'engine',
      meaning: 'The launcher was killed from outside during the run.',
    },
    ENGINE_INIT_DIED: { stage: 'engine', meaning: "The sandbox's init died without a report." },
    ENGINE_STUCK: { stage: 'engine', meaning: 'The launcher did not go away although it was killed.' },
    ENGINE_PROTOCOL: {
      stage: 'engine',
      meaning: 'The native program sent something that is not its protocol.',
    },
    LAUNCH_SPAWN_FAILED: { stage: 'launch', meaning: 'The native program could not be started.' },
    LAUNCH_STEP_FAILED: { stage: 'launch', meaning: 'A set-up step of the native program failed.' },
    SUPERVISE_QUEUE_FULL: { stage: 'supervise', meaning: 'Too many runs are waiting.' },
    SUPERVISE_CLOSED: { stage: 'supervise', meaning: 'The warder instance has been closed.' },
    INTERNAL_BUG: { stage: 'internal', meaning: 'warder is wrong; please report it.' },
  };
