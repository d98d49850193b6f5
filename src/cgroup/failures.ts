import { basename, dirname } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';

const START_ANEW = 'start warder anew, which looks for a place again';

/** Each names the file, and for writes the data: what an operator has to try by hand. */
export function readFailure(path: string, error: unknown): WarderError<'CGROUP_READ_FAILED'> {
  const errno = errnoOf(error);
  // ENODEV is what cgroupfs says of an open file whose group is gone.
  const isGone = errno === 'ENODEV' || errno === 'ENOENT';
  const hint = `something else has removed ${dirname(path)} or taken its controller away while it was in use`;
  return new WarderError('CGROUP_READ_FAILED', `cannot read ${path}: ${errno}`, {
    details: { path, errno },
    cause: error,
    ...(isGone ? { hint } : {}),
  });
}

/** Empty `data` stands for a file that was only to be opened. */
export function writeFailure(path: string, data: string, error: unknown): WarderError<'CGROUP_WRITE_FAILED'> {
  const errno = errnoOf(error);
  const what =
    data === '' ? `cannot open ${path} for writing` : `cannot write ${JSON.stringify(data)} to ${path}`;
  const hint = writeHint(path, errno);
  return new WarderError('CGROUP_WRITE_FAILED', `${what}: ${errno}`, {
    details: { path, data, errno },
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** The files of a controller are there as long as the group above passes it on (cgroup-v2.rst, "Enabling and Disabling"). */
function writeHint(path: string, errno: string): string | undefined {
  const controller = /^(memory|pids|cpu|cpuset|io)\./.exec(basename(path))?.[1];
  if (errno !== 'ENOENT' || controller === undefined) return undefined;
  const above = dirname(dirname(path));
  return `${above} does not pass ${controller} on any more: echo +${controller} > ${above}/cgroup.subtree_control; or ${START_ANEW}`;
}

export function createFailure(path: string, error: unknown): WarderError<'CGROUP_CREATE_FAILED'> {
  const errno = errnoOf(error);
  const hint = createHint(dirname(path), errno);
  return new WarderError('CGROUP_CREATE_FAILED', `cannot make the cgroup ${path}: ${errno}`, {
    details: { path, errno },
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function createHint(parent: string, errno: string): string | undefined {
  if (errno === 'ENOENT') return `${parent} has been removed since warder was started: ${START_ANEW}`;
  if (errno !== 'EAGAIN') return undefined;
  return `no more groups are allowed there: raise cgroup.max.descendants or cgroup.max.depth of ${parent} or of a group above it`;
}

export function removeFailure(
  path: string,
  errno: string,
  cause?: unknown,
): WarderError<'CGROUP_REMOVE_FAILED'> {
  const message = `cannot remove the cgroup ${path}: ${errno}`;
  return new WarderError('CGROUP_REMOVE_FAILED', message, { details: { path, errno }, cause });
}
