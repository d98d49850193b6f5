import type { SeccompFilter, SyscallEntry } from './ir.ts';
import type { TracedCalls } from './strace.ts';
import { isSyscallName } from './syscalls.ts';

/** What a trace says against a filter that exists. Every list is sorted by name. */
export interface LearnedCalls {
  /** Made or needed by every program, and not allowed by the filter's profile: to be added. */
  readonly add: readonly string[];
  /** Allowed by the profile and never made: to be removed. */
  readonly remove: readonly string[];
  /** Made, and refused by rules that no profile can lift; programs are expected to cope. */
  readonly held: readonly string[];
  /** Made, and allowed for some arguments only; whether these were among them is not looked at. */
  readonly conditional: readonly string[];
  /** Names or numbers that the tables do not know. */
  readonly unknown: readonly string[];
}

/**
 * Calls that every filter needs although a trace need not show them: the kernel makes the first two happen on its own
 * (sigreturn(2), restart_syscall(2)), and a thread ends by `exit` only where there are threads.
 */
const ALWAYS: readonly string[] = ['rt_sigreturn', 'restart_syscall', 'exit', 'exit_group', 'execve'];

/**
 * The smallest change of a profile under which the traced calls are allowed.
 * @param profileCalls the calls that the profile allows, whole or in part
 */
export function learnCalls(
  filter: SeccompFilter,
  profileCalls: ReadonlySet<string>,
  traced: TracedCalls,
): LearnedCalls {
  const made = [...traced.counts.keys()].filter(isSyscallName);
  const entries = new Map(filter.entries.map((entry) => [entry.syscall, entry]));
  const held = made.filter((name) => isHeld(entries.get(name)));
  const needed = new Set([...made, ...ALWAYS]);
  const missing = [...needed].filter((name) => !profileCalls.has(name) && !held.includes(name));
  return {
    add: missing.toSorted(),
    remove: [...profileCalls].filter((name) => !needed.has(name)).toSorted(),
    held: held.toSorted(),
    conditional: made
      .filter((name) => (entries.get(name)?.branches.length ?? 0) > 0 && !held.includes(name))
      .toSorted(),
    unknown: [...traced.counts.keys(), ...traced.unnamed.map(String)]
      .filter((name) => !isSyscallName(name))
      .toSorted(),
  };
}

/** What the filter answers to calls that it refuses whatever their arguments are, by errno. */
export function refusedCalls(filter: SeccompFilter): ReadonlyMap<number, readonly string[]> {
  const refused = new Map<number, string[]>();
  for (const entry of filter.entries) {
    const { action } = entry.otherwise;
    if (!isHeld(entry) || entry.branches.length > 0 || action.kind !== 'errno') continue;
    refused.set(action.errno, [...(refused.get(action.errno) ?? []), entry.syscall]);
  }
  return refused;
}

/** Refused whatever the arguments are, by a rule that is built in. */
function isHeld(entry: SyscallEntry | undefined): boolean {
  if (entry === undefined) return false;
  return [...entry.branches, entry.otherwise].every(
    ({ action, source }) => source === 'prologue' && action.kind !== 'allow' && action.kind !== 'log',
  );
}
