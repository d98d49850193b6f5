import { ALLOW, errnoAction, KILL_PROCESS, NOTIFY } from './action.ts';
import { compileFilter } from './compile.ts';
import { type Body, composeEntry } from './compose.ts';
import { ERRNO } from './errno.ts';
import type { Action, Arch, Place, SeccompFilter, SyscallEntry, Verdict } from './ir.ts';
import { policyIssues, startIssues } from './policy-issues.ts';
import { type ResolvedProfile, resolveProfile, type SeccompProfile } from './profile.ts';
import { prologueEntries } from './prologue.ts';
import type { NetworkMode } from './prologue-sockets.ts';
import { type FilterSummary, summarizeFilter } from './summary.ts';
import { syscallNames, syscallNumber } from './syscalls.ts';
import { invalidSeccomp } from './validate.ts';

export interface FilterRequest {
  readonly arch: Arch;
  /** As loaded by src/policy. */
  readonly profile: SeccompProfile;
  /** Selects the profile's layers for one language; without it none applies. */
  readonly language?: string | undefined;
  /** Calls that are allowed whatever the profile says about them; those of the prologue cannot be named. */
  readonly allow: readonly string[];
  /** Calls that end the run. Naming a call twice is the same as naming it once. */
  readonly deny: readonly string[];
  /** Where the policy names the calls of `allow` and `deny`. */
  readonly places?: { readonly [list in 'allow' | 'deny']: Readonly<Record<string, Place>> };
  readonly network: NetworkMode;
  /** `deny`: files in memory are refused, since Landlock does not see them executed. Default `allow`. */
  readonly writtenFiles?: 'allow' | 'deny';
  /**
   * What a denied call meets: `notify` (default) needs init as the listener, which records the call and kills;
   * `killProcess` needs nobody and leaves no record. Rules of the profile that notify change with it.
   */
  readonly onViolation?: 'notify' | 'killProcess';
}

export interface BuiltFilter {
  /** Little-endian struct sock_filter[], at most 4096 × 8 bytes. */
  readonly program: Uint8Array;
  readonly summary: FilterSummary;
  /** What the program was compiled from, for other emitters. */
  readonly model: SeccompFilter;
  /** Whether some call notifies, so that init has to listen. */
  readonly needsListener: boolean;
}

/**
 * The final filter of a run: prologue, then profile, then the policy's own `allow` and `deny`.
 * @throws WarderError SECCOMP_INVALID with every problem of the request.
 */
export function buildFilter(request: FilterRequest): BuiltFilter {
  const model = resolveFilter(request);
  const program = compileFilter(model);
  const summary = summarizeFilter(model, program, { ...request, names: namedCalls(request) });
  return { program, summary, model, needsListener: hasNotify(model) };
}

/** The model behind `buildFilter`, for other emitters and for tests. */
export function resolveFilter(request: FilterRequest): SeccompFilter {
  const { arch, profile } = request;
  const resolved = resolveProfile(profile.documents, request);
  const prologue = new Map(prologueEntries(request.network, arch).map((entry) => [entry.syscall, entry]));
  const issues = policyIssues(request);
  if (issues.length > 0) throw invalidSeccomp('the seccomp rules of the policy are not valid', issues);
  // A call that this architecture does not have needs no rule: its neighbours (open, openat) are named as well.
  const present = filterNames(request, resolved).filter((name) => syscallNumber(arch, name) !== undefined);
  const entries = present.map((name) => callEntry(name, request, resolved, prologue.get(name)));
  const defaultAction = lets(resolved.defaultAction) ? UNKNOWN_CALLS : resolved.defaultAction.action;
  const filter = { arch, entries: sortEntries(arch, entries), defaultAction };
  const final = request.onViolation === 'killProcess' ? withoutNotify(filter) : filter;
  const unstartable = startIssues(final, profile.name);
  if (unstartable.length > 0) throw invalidSeccomp('no program could run under this filter', unstartable);
  return final;
}

function namedCalls(request: FilterRequest): readonly string[] {
  return filterNames(request, resolveProfile(request.profile.documents, request));
}

/**
 * A default that allows is written out for the calls that we know: it cannot have been meant for calls that nobody had
 * heard of, and the prologue cannot hold what has no name yet (open_tree_attr is newer than our tables).
 */
const UNKNOWN_CALLS: Action = errnoAction(ERRNO.ENOSYS);

/** Every call that a rule names, whether the architecture has it or not; every known one if the default allows. */
function filterNames(
  { arch, network, allow, deny }: FilterRequest,
  resolved: ResolvedProfile,
): readonly string[] {
  const prologue = prologueEntries(network).map(({ syscall }) => syscall);
  const others = lets(resolved.defaultAction) ? syscallNames(arch) : [];
  return [...new Set([...prologue, ...resolved.calls.keys(), ...allow, ...deny, ...others])];
}

function lets({ action }: Verdict): boolean {
  return action.kind === 'allow' || action.kind === 'log';
}

/** An executable in memory lies on no mount, so no rule about paths covers it (landlock(7)). */
const MEMORY_FILES: ReadonlySet<string> = new Set(['memfd_create', 'memfd_secret']);

function callEntry(
  syscall: string,
  request: FilterRequest,
  { calls, defaultAction }: ResolvedProfile,
  guard: SyscallEntry | undefined,
): SyscallEntry {
  if (request.deny.includes(syscall)) return deniedEntry(syscall, request);
  if (request.writtenFiles === 'deny' && MEMORY_FILES.has(syscall)) return memoryFileEntry(syscall);
  const body = request.allow.includes(syscall) ? allowedBody(syscall, request) : calls.get(syscall);
  // What ends the run is stricter than any errno of the prologue.
  if (body && endsRun(body)) return { syscall, ...body };
  const own = body ?? { branches: [], otherwise: { ...defaultAction, why: 'not in the profile' } };
  return guard ? composeEntry(withPrologueSource(guard), own) : { syscall, ...own };
}

function memoryFileEntry(syscall: string): SyscallEntry {
  const why = 'execution.writtenFiles: deny, and a file in memory could be executed';
  return {
    syscall,
    branches: [],
    otherwise: { action: errnoAction(ERRNO.EPERM), why, source: 'prologue' },
  };
}

function deniedEntry(syscall: string, { places }: FilterRequest): SyscallEntry {
  const otherwise = verdict(NOTIFY, 'denied by the policy', places?.deny[syscall]);
  return { syscall, branches: [], otherwise };
}

function allowedBody(syscall: string, { places }: FilterRequest): Body {
  return { branches: [], otherwise: verdict(ALLOW, 'allowed by the policy', places?.allow[syscall]) };
}

function verdict(action: Action, why: string, source: Place | undefined): Verdict {
  return source ? { action, why, source } : { action, why };
}

function endsRun({ branches, otherwise }: Body): boolean {
  return branches.length === 0 && ['notify', 'killProcess'].includes(otherwise.action.kind);
}

function withPrologueSource({ syscall, branches, otherwise }: SyscallEntry): SyscallEntry {
  const source = 'prologue';
  return {
    syscall,
    branches: branches.map((branch) => ({ ...branch, source })),
    otherwise: { ...otherwise, source },
  };
}

function hasNotify({ entries, defaultAction }: SeccompFilter): boolean {
  const actions = entries.flatMap(({ branches, otherwise }) =>
    [...branches, otherwise].map(({ action }) => action),
  );
  return [defaultAction, ...actions].some(({ kind }) => kind === 'notify');
}

function withoutNotify({ arch, entries, defaultAction }: SeccompFilter): SeccompFilter {
  const action = (one: Action): Action => (one.kind === 'notify' ? KILL_PROCESS : one);
  const change = <T extends Verdict>(one: T): T => ({ ...one, action: action(one.action) });
  const changed = entries.map(({ syscall, branches, otherwise }) => ({
    syscall,
    branches: branches.map(change),
    otherwise: change(otherwise),
  }));
  return { arch, entries: changed, defaultAction: action(defaultAction) };
}

function sortEntries(arch: Arch, entries: readonly SyscallEntry[]): readonly SyscallEntry[] {
  const number = ({ syscall }: SyscallEntry): number => syscallNumber(arch, syscall) ?? 0;
  return entries.toSorted((a, b) => number(a) - number(b));
}
