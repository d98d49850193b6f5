/**
 * The outer filter: a second layer that the launcher installs right before it executes init, so that it holds for init as
 * well. It is the part of the prologue that closes kernel code, as a deny-list; everything else passes, so that init can
 * do its work and install the program's own, exact filter under it (seccomp, prctl, Landlock, limits of the program).
 *
 * For the program it changes nothing as long as its own filter is in force: what is refused here is refused there, with the
 * same errno. It is there for the day on which that one is missing or wrong.
 */
import { ALLOW } from './action.ts';
import type { SeccompFilter, SyscallEntry } from './ir.ts';
import { prologueEntries } from './prologue.ts';
import type { NetworkMode } from './prologue-sockets.ts';
import { syscallNumber } from './syscalls.ts';

/**
 * Guarded calls that are refused for some arguments here too. The others are left to the program's own filter: init needs
 * them as they are (prctl, seccomp, prlimit64), or their arguments are no kernel code of its own (mmap, fcntl, priorities).
 */
const GUARDED: ReadonlySet<string> = new Set(['clone', 'unshare', 'personality', 'socket', 'socketpair']);

/** The outer filter for runs under `inner`; ordered by number. */
export function outerFilter(inner: SeccompFilter, network: NetworkMode): SeccompFilter {
  const number = ({ syscall }: SyscallEntry): number => syscallNumber(inner.arch, syscall) ?? -1;
  const entries = prologueEntries(network)
    .filter((entry) => isHeld(entry) || GUARDED.has(entry.syscall))
    .filter((entry) => number(entry) >= 0 && !mayNotify(inner, entry.syscall))
    .toSorted((a, b) => number(a) - number(b));
  return { arch: inner.arch, entries, defaultAction: ALLOW };
}

function isHeld({ branches, otherwise }: SyscallEntry): boolean {
  return branches.length === 0 && otherwise.action.kind === 'errno';
}

/**
 * Of two filters the kernel follows the stricter, and an errno is stricter than a notification (seccomp(2)): held here, a
 * call that is to end the run would only fail, and nobody would be told.
 */
function mayNotify({ entries, defaultAction }: SeccompFilter, syscall: string): boolean {
  const entry = entries.find((one) => one.syscall === syscall);
  const verdicts = entry ? [...entry.branches, entry.otherwise] : [{ action: defaultAction }];
  return verdicts.some(({ action }) => action.kind === 'notify');
}
