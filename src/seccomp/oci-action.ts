import { ALLOW, errnoAction, KILL_PROCESS } from './action.ts';
import { ERRNO, errnoNumber } from './errno.ts';
import type { Action } from './ir.ts';
import type { OciActionName } from './oci-types.ts';

export interface OciActionResult {
  readonly action: Action;
  /** What is different from the profile's own words. */
  readonly note?: string;
}

const MAX_ERRNO = 4095;

/** Podman's `errno`: a name, or a number as text; `undefined` for other text. */
export function ociErrno(text: string): number | undefined {
  return /^\d{1,4}$/.test(text) ? Number(text) : errnoNumber(text);
}

/** SCMP_ACT_* as an action. `errnoRet` is EPERM unless set (OCI runtime specification, config-linux.md). */
export function ociAction(name: OciActionName, errnoRet: number | undefined): OciActionResult {
  switch (name) {
    case 'SCMP_ACT_ALLOW':
      return { action: ALLOW };
    case 'SCMP_ACT_LOG':
      return { action: { kind: 'log' } };
    case 'SCMP_ACT_TRAP':
      return { action: { kind: 'trap' } };
    case 'SCMP_ACT_KILL_PROCESS':
      return { action: KILL_PROCESS };
    case 'SCMP_ACT_ERRNO':
      return errnoResult(errnoRet ?? ERRNO.EPERM);
    case 'SCMP_ACT_KILL':
    case 'SCMP_ACT_KILL_THREAD':
      return {
        action: KILL_PROCESS,
        note: 'ends the process: one thread less would leave a program that hangs',
      };
    case 'SCMP_ACT_TRACE':
    case 'SCMP_ACT_NOTIFY':
      return {
        action: errnoAction(ERRNO.ENOSYS),
        note: `${name} has nobody to ask, so the call answers ENOSYS`,
      };
  }
}

function errnoResult(errno: number): OciActionResult {
  if (errno >= 1 && errno <= MAX_ERRNO) return { action: errnoAction(errno) };
  return {
    action: errnoAction(ERRNO.EPERM),
    note: `errno ${errno} is not between 1 and ${MAX_ERRNO}, so the call answers EPERM`,
  };
}
