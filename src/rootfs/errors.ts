import { errnoOf, isWarderError, WarderError } from '#error/warder-error.ts';

/** A store that is full is no fault of the tree. */
const NO_SPACE = ['ENOSPC', 'EDQUOT'];
/** What a command of a build says of it (strerror(3)), and what apt says before it downloads. */
const NO_SPACE_SAID = /No space left on device|Disk quota exceeded|don't have enough free space/;

export function buildFailed(
  name: string,
  step: string,
  why: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): WarderError<'HOST_ROOTFS_BUILD_FAILED'> {
  return new WarderError('HOST_ROOTFS_BUILD_FAILED', `building ${name} failed at ${step}: ${why}`, {
    details: { rootfs: name, step, why },
    ...options,
  });
}

export function storeUnusable(
  path: string,
  why: string,
  hint: string,
  cause?: unknown,
): WarderError<'HOST_ROOTFS_STORE'> {
  const message = `the store of root file systems ${path} cannot be used: ${why}`;
  return new WarderError('HOST_ROOTFS_STORE', message, { details: { path, why }, hint, cause });
}

/** For anything that went wrong while a tree was being made; errors that have a code already are kept. */
export function explainBuildError(name: string, store: string, error: unknown): unknown {
  if (isWarderError(error)) {
    const { code, details } = error;
    const isFull = code === 'HOST_ROOTFS_BUILD_FAILED' && 'why' in details && NO_SPACE_SAID.test(details.why);
    return isFull ? storeFull(store, 'ENOSPC', error) : error;
  }
  const errno = errnoOf(error);
  if (NO_SPACE.includes(errno)) return storeFull(store, errno, error);
  return buildFailed(name, 'files', errno, { cause: error });
}

function storeFull(store: string, errno: string, cause: unknown): WarderError {
  const hint =
    'Free some space there, or put the store elsewhere with WARDER_ROOTFS_STORE; nothing half-built is left';
  return storeUnusable(store, `no space left (${errno})`, hint, cause);
}

export function damaged(name: string, problems: readonly string[]): WarderError<'HOST_ROOTFS_DAMAGED'> {
  const shown =
    problems.slice(0, 3).join('; ') + (problems.length > 3 ? ` and ${problems.length - 3} more` : '');
  return new WarderError(
    'HOST_ROOTFS_DAMAGED',
    `the root file system ${name} is not what was built: ${shown}`,
    {
      details: { rootfs: name, problems: problems.slice(0, 100) },
      hint: `Build it again: warder rootfs build ${name}`,
    },
  );
}

export function notBuilt(name: string): WarderError<'HOST_ROOTFS_MISSING'> {
  return new WarderError('HOST_ROOTFS_MISSING', `the root file system \`${name}\` is not built`, {
    details: { rootfs: name },
    hint: `Build it: warder rootfs build ${name}. What there is: warder rootfs list`,
  });
}
