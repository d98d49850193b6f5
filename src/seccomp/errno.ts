/** Error numbers that the rules answer with; <asm-generic/errno.h>, the same on x86_64 and aarch64. */
export const ERRNO = {
  EPERM: 1,
  ENOMEM: 12,
  EINVAL: 22,
  ENOSYS: 38,
  ENOPROTOOPT: 92,
  EPROTONOSUPPORT: 93,
  ESOCKTNOSUPPORT: 94,
  EAFNOSUPPORT: 97,
} as const;

/** `EPERM`, or `5` for a number that no rule of ours uses. */
export function errnoName(errno: number): string {
  const known = Object.entries(ERRNO).find(([, number]) => number === errno);
  return known ? known[0] : String(errno);
}
