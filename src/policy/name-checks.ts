import { type Check, quote } from './value-checks.ts';

/**
 * Directories inside that no mount may sit at or below. The kernel's own file systems and the sized scratch
 * directories belong to warder; a mount point below one that the program can write is a set-up step whose path
 * the program could have changed. A mount on the system directories would replace the programs of the rootfs.
 */
const RESERVED_TARGETS = [
  '/proc',
  '/dev',
  '/sys',
  '/workspace',
  '/tmp',
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
];

/** A mount's source: absolute and normalized, so that what is written is what is mounted. */
export const mountSourceCheck: Check = (input) => absolutePathProblem(input);

/** A mount's target: absolute, normalized, and not in a place that warder or the rootfs owns. */
export const mountTargetCheck: Check = (input) => {
  const problem = absolutePathProblem(input);
  if (problem) return problem;
  const target = String(input);
  if (target === '/') return { message: 'the target `/` is the root file system itself' };
  const reserved = RESERVED_TARGETS.find((path) => isAtOrBelow(target, path));
  return reserved === undefined
    ? undefined
    : { message: `the target is at or below ${quote(reserved)}, which is reserved` };
};

/** RFC 1123 §2.1 (letters, digits, hyphens; labels up to 63), within Linux's 64 characters (sethostname(2)). */
export const hostnameCheck: Check = (input) => {
  const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
  const valid =
    typeof input === 'string' && input.length <= 64 && input.split('.').every((part) => label.test(part));
  return valid
    ? undefined
    : { message: 'expected a host name (RFC 1123: letters, digits, hyphens and dots, at most 64)' };
};

/** Any text without NUL, which ends a string in execve(2). LD_PRELOAD and its kin are fine: they act inside only. */
export const environmentValueCheck: Check = (input) => {
  if (typeof input !== 'string')
    return { message: 'expected text; put numbers and words like true in quotes' };
  return input.includes('\0') ? { message: 'contains a NUL character' } : undefined;
};

/** uid or gid inside. 65535 is the 16-bit "no id" of chown(2). */
export const idCheck: Check = (input) => {
  if (input === 0) return { message: 'the program is never uid or gid 0, not even inside' };
  const valid = Number.isInteger(input) && Number(input) >= 1 && Number(input) <= 65_534;
  return valid ? undefined : { message: 'expected a whole number from 1 to 65534' };
};

/** True when `path` is `directory` or lies in it; both normalized. */
export function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}

function absolutePathProblem(input: unknown): { message: string } | undefined {
  if (typeof input !== 'string') return { message: 'expected an absolute path' };
  if (/[\0\n]/.test(input)) return { message: 'a path may not contain NUL or a line break' };
  if (!input.startsWith('/')) return { message: `${quote(input)} is not an absolute path` };
  const messy =
    input !== '/' &&
    input
      .slice(1)
      .split('/')
      .some((part) => part === '' || part === '.' || part === '..');
  return messy
    ? { message: `${quote(input)} is not normalized: no \`.\`, \`..\`, \`//\` or \`/\` at the end` }
    : undefined;
}
