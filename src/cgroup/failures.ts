import { errnoOf, WarderError } from '#error/warder-error.ts';

/** Each names the file, and for writes the data: what an operator has to try by hand. */
export function readFailure(path: string, error: unknown): WarderError<'CGROUP_READ_FAILED'> {
  const errno = errnoOf(error);
  return new WarderError('CGROUP_READ_FAILED', `cannot read ${path}: ${errno}`, {
    details: { path, errno },
    cause: error,
  });
}

/** Empty `data` stands for a file that was only to be opened. */
export function writeFailure(path: string, data: string, error: unknown): WarderError<'CGROUP_WRITE_FAILED'> {
  const errno = errnoOf(error);
  const what =
    data === '' ? `cannot open ${path} for writing` : `cannot write ${JSON.stringify(data)} to ${path}`;
  return new WarderError('CGROUP_WRITE_FAILED', `${what}: ${errno}`, {
    details: { path, data, errno },
    cause: error,
  });
}

export function removeFailure(
  path: string,
  errno: string,
  cause?: unknown,
): WarderError<'CGROUP_REMOVE_FAILED'> {
  const message = `cannot remove the cgroup ${path}: ${errno}`;
  return new WarderError('CGROUP_REMOVE_FAILED', message, { details: { path, errno }, cause });
}
