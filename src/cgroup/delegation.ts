/** Where leaves may be made on cgroup v2, and why not elsewhere: plain data for messages, results and the doctor. */

/** In the order of trying; a step is left out where it cannot apply. */
export const DELEGATION_STEPS = ['parent', 'subgroup', 'own', 'scope', 'controllers', 'join'] as const;

/**
 * - `parent`: the directory that the operator named;
 * - `subgroup`: the group above ours, when ours is a subgroup of a delegated unit;
 * - `own`: the group that this process is in;
 * - `scope`: a transient scope that systemd makes for us;
 * - `controllers`: what the chosen place does not pass on;
 * - `join`: a real process was to be put into a leaf.
 */
export type DelegationStepName = (typeof DELEGATION_STEPS)[number];

/** One step that did not lead to a place, or not to all of it. */
export interface DelegationFailure {
  readonly step: DelegationStepName;
  /** What was tried, with the path. */
  readonly tried: string;
  readonly why: string;
  /** What an operator can do about it: a command, or the content of a file and its path. */
  readonly fix: string;
}

/** What a leaf needs at least. */
export const NEEDED_CONTROLLERS = ['memory', 'pids', 'cpu'] as const;
/** What it needs only where a policy asks for it. */
export const OPTIONAL_CONTROLLERS = ['cpuset', 'io'] as const;

const USER_DROP_IN = [
  'mkdir -p /etc/systemd/system/user@.service.d',
  "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' > /etc/systemd/system/user@.service.d/delegate.conf",
  'systemctl daemon-reload',
].join(' && ');

/** The drop-in takes effect when the user's manager is started anew, which ends the user's services. */
export function delegateControllersFix(uid: number): string {
  return `as root: ${USER_DROP_IN} && systemctl restart user@${uid}.service`;
}

/** All failures in one line, for messages. */
export function explainFailures(failures: readonly DelegationFailure[]): string {
  return failures.map(({ tried, why }) => `${tried}: ${why}`).join('; ');
}
