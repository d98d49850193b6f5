/** What of an OCI seccomp profile counts; src/policy checks a text against it. */

export const OCI_ACTIONS = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_NOTIFY',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_KILL_PROCESS',
] as const;
export type OciActionName = (typeof OCI_ACTIONS)[number];

export const OCI_OPS = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
] as const;
export type OciOp = (typeof OCI_OPS)[number];

export interface OciArgument {
  readonly index: number;
  readonly value: number | bigint;
  readonly valueTwo?: number | bigint | null | undefined;
  readonly op: OciOp;
}

/** Conditions on where a rule applies. */
export interface OciFilter {
  readonly arches?: readonly string[] | null | undefined;
  readonly caps?: readonly string[] | null | undefined;
  /** `4.8` */
  readonly minKernel?: string | null | undefined;
}

export interface OciRule {
  readonly names?: readonly string[] | null | undefined;
  /** The form with one name, of older files. */
  readonly name?: string | null | undefined;
  readonly action: OciActionName;
  readonly errnoRet?: number | null | undefined;
  /** Podman's: a name or a number as text, which goes before `errnoRet`. */
  readonly errno?: string | null | undefined;
  readonly args?: readonly OciArgument[] | null | undefined;
  readonly includes?: OciFilter | null | undefined;
  readonly excludes?: OciFilter | null | undefined;
  readonly comment?: string | null | undefined;
}

export interface OciProfile {
  readonly defaultAction: OciActionName;
  readonly defaultErrnoRet?: number | null | undefined;
  /** Podman's, as `errno` of a rule. */
  readonly defaultErrno?: string | null | undefined;
  readonly architectures?: readonly string[] | null | undefined;
  readonly archMap?:
    | readonly {
        readonly architecture: string;
        readonly subArchitectures?: readonly string[] | null | undefined;
      }[]
    | null
    | undefined;
  readonly listenerPath?: string | null | undefined;
  readonly flags?: readonly string[] | null | undefined;
  readonly syscalls?: readonly OciRule[] | null | undefined;
}
