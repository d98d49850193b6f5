import { ALLOW, errnoAction, KILL_PROCESS, NOTIFY } from './action.ts';
import { compileFilter } from './compile.ts';
import { composeEntry } from './compose.ts';
import { ERRNO } from './errno.ts';
import type { Action, Arch, SeccompFilter, SyscallEntry } from './ir.ts';
import { policyIssues } from './policy-issues.ts';
import { profileSyscalls } from './profiles.ts';
import { prologueEntries } from './prologue.ts';
import type { NetworkMode } from './prologue-sockets.ts';
import { type FilterSummary, summarizeFilter } from './summary.ts';
import { syscallNumber } from './syscalls.ts';
import { invalidSeccomp } from './validate.ts';

export interface FilterRequest {
  readonly arch: Arch;
  /** `default`; other names are refused for now. */
  readonly profile: string;
  /** Calls that the profile does not have; those of the prologue cannot be named. */
  readonly allow: readonly string[];
  /** Calls that end the run. Naming a call twice is the same as naming it once. */
  readonly deny: readonly string[];
  readonly network: NetworkMode;
  /** `deny`: files in memory are refused, since Landlock does not see them executed. Default `allow`. */
  readonly writtenFiles?: 'allow' | 'deny';
  /**
   * What a denied call meets: `notify` (default) needs init as the listener, which records the call and kills;
   * `killProcess` needs nobody and leaves no record.
   */
  readonly onViolation?: 'notify' | 'killProcess';
}

export interface BuiltFilter {
  /** Little-endian struct sock_filter[], at most 4096 × 8 bytes. */
  readonly program: Uint8Array;
  readonly summary: FilterSummary;
  /** What the program was compiled from, for other emitters. */
  readonly model: SeccompFilter;
}

/**
 * The final filter of a run: prologue, then profile, then the policy's own `allow` and `deny`.
 * @throws WarderError SECCOMP_INVALID with every problem of the request.
 */
export function buildFilter(request: FilterRequest): BuiltFilter {
  const filter = resolveFilter(request);
  const program = compileFilter(filter);
  return { program, summary: summarizeFilter(filter, program, request), model: filter };
}

/** The model behind `buildFilter`, for other emitters and for tests. */
export function resolveFilter(request: FilterRequest): SeccompFilter {
  const profile = profileSyscalls(request.profile);
  const prologue = new Map(prologueEntries(request.network).map((entry) => [entry.syscall, entry]));
  const issues = policyIssues(request, [...prologue.keys()]);
  if (issues.length > 0) throw invalidSeccomp('the seccomp rules of the policy are not valid', issues);
  const allowed = new Map([
    ...profile,
    ...request.allow.map((name) => [name, 'allowed by the policy'] as const),
  ]);
  const denied = new Set(request.deny);
  const names = new Set([...prologue.keys(), ...allowed.keys(), ...denied]);
  // A call that this architecture does not have needs no rule: its neighbours (open, openat) are named as well.
  const present = [...names].filter((name) => syscallNumber(request.arch, name) !== undefined);
  const entries = present.map((name) => {
    if (request.writtenFiles === 'deny' && MEMORY_FILES.has(name)) return memoryFileEntry(name);
    if (denied.has(name)) return deniedEntry(name, request);
    return allowedEntry(name, prologue.get(name), allowed.get(name));
  });
  return { arch: request.arch, entries: sortEntries(request.arch, entries), defaultAction: DEFAULT_ACTION };
}

/** glibc and others fall back on ENOSYS only, so calls of the future and calls that nobody listed answer that. */
const DEFAULT_ACTION: Action = errnoAction(ERRNO.ENOSYS);

/** An executable in memory lies on no mount, so no rule about paths covers it (landlock(7)). */
const MEMORY_FILES: ReadonlySet<string> = new Set(['memfd_create', 'memfd_secret']);

function memoryFileEntry(syscall: string): SyscallEntry {
  const why = 'execution.writtenFiles: deny, and a file in memory could be executed';
  return { syscall, branches: [], otherwise: { action: errnoAction(ERRNO.EPERM), why } };
}

function deniedEntry(syscall: string, { onViolation = 'notify' }: FilterRequest): SyscallEntry {
  const action = onViolation === 'notify' ? NOTIFY : KILL_PROCESS;
  return { syscall, branches: [], otherwise: { action, why: 'denied by the policy' } };
}

function allowedEntry(
  syscall: string,
  guard: SyscallEntry | undefined,
  why: string | undefined,
): SyscallEntry {
  const body =
    why === undefined
      ? { branches: [], otherwise: { action: DEFAULT_ACTION, why: 'not in the profile' } }
      : { branches: [], otherwise: { action: ALLOW, why } };
  return guard ? composeEntry(guard, body) : { syscall, ...body };
}

function sortEntries(arch: Arch, entries: readonly SyscallEntry[]): readonly SyscallEntry[] {
  const number = ({ syscall }: SyscallEntry): number => syscallNumber(arch, syscall) ?? 0;
  return entries.toSorted((a, b) => number(a) - number(b));
}
