import { constants } from 'node:os';

/** The name of a kernel error number, such as `ENOENT` for 2 (errno(3)). */
export function errnoName(errno: number): string {
  const found = Object.entries(constants.errno).find(([, value]) => value === errno);
  return found?.[0] ?? `errno ${errno}`;
}

/** The name of a signal number, such as `SIGKILL` for 9; real-time signals are `SIGRTMIN+n` (signal(7)). */
export function signalName(number: number): string {
  const found = Object.entries(constants.signals).find(
    ([name, value]) => value === number && !ALIASES.has(name),
  );
  if (found) return found[0];
  return number >= SIGRTMIN ? `SIGRTMIN+${number - SIGRTMIN}` : `SIG${number}`;
}

/** Second names of a number in Node's table. */
const ALIASES: ReadonlySet<string> = new Set(['SIGIOT', 'SIGPOLL', 'SIGUNUSED']);
/** glibc keeps 32 and 33 for itself, so the first one that programs see is 34. */
const SIGRTMIN = 34;
