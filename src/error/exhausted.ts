/** A host that has no more of something is nobody's mistake: one code for it, whatever was being done. */
import { errnoOf, isWarderError, WarderError } from './warder-error.ts';

/** Said by open(2), pipe(2) and their kin for want of a descriptor, and never for another reason. */
const NO_DESCRIPTOR: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE']);
/** The same of a process, where fork(2) says it; other calls mean other things by these. */
const NO_PROCESS: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM']);
/** Stages in which the files are ours. */
const OWN_STAGES: ReadonlySet<string> = new Set(['host', 'cgroup', 'launch']);

/**
 * Throws when `errno`, the answer to starting a process, says that the host has no more.
 * @throws WarderError HOST_RESOURCE_EXHAUSTED
 */
export function requireResources(errno: string, cause?: unknown): void {
  if (NO_DESCRIPTOR.has(errno)) throw exhausted('descriptor', errno, cause);
  if (NO_PROCESS.has(errno)) throw exhausted('process', errno, cause);
}

/** The same error, or HOST_RESOURCE_EXHAUSTED in its place when want of a descriptor is at the bottom of it. */
export function nameExhaustion(error: unknown): unknown {
  if (isWarderError(error) && (error.code === 'HOST_RESOURCE_EXHAUSTED' || !OWN_STAGES.has(error.stage))) {
    return error;
  }
  const root = isWarderError(error) ? error.cause : error;
  const errno = errnoOf(root);
  return NO_DESCRIPTOR.has(errno) ? exhausted('descriptor', errno, error) : error;
}

function exhausted(what: string, errno: string, cause: unknown): WarderError<'HOST_RESOURCE_EXHAUSTED'> {
  return new WarderError('HOST_RESOURCE_EXHAUSTED', `there is no ${what} left to run with: ${errno}`, {
    details: { what, errno },
    hint: 'Lower the concurrency, or raise the limits of this process (ulimit -n, ulimit -u, TasksMax)',
    cause,
  });
}
