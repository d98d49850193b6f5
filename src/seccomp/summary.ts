import { createHash } from 'node:crypto';
import { describeAction } from './action.ts';
import { INSTRUCTION_BYTES } from './bpf.ts';
import { describeCondition } from './conditions.ts';
import type { Arch, SeccompFilter, Source, SyscallEntry, Verdict } from './ir.ts';
import type { SeccompProfile } from './profile.ts';
import type { NetworkMode } from './prologue-sockets.ts';
import { syscallNames, syscallNumber } from './syscalls.ts';

export type RuleVerdict = 'allowed' | 'conditional' | 'denied';

interface VerdictSummary {
  readonly action: string;
  readonly why: string;
  /** `policies/seccomp/default.yaml:12`, `prologue`, `default`; empty where nobody knows. */
  readonly source: string;
}

/** One call in a listing. */
export interface RuleSummary {
  readonly syscall: string;
  readonly number: number;
  readonly verdict: RuleVerdict;
  /** Tried in order; empty for calls that do not depend on their arguments. */
  readonly branches: readonly (VerdictSummary & { readonly when: string })[];
  /** What is done when no branch holds. */
  readonly action: string;
  readonly why: string;
  readonly source: string;
}

export interface FilterSummary {
  readonly arch: Arch;
  readonly profile: string;
  /** Whose layers of the profile apply. */
  readonly language: string | null;
  readonly network: NetworkMode;
  /** Lower-case hexadecimal, over the program's bytes. */
  readonly sha256: string;
  readonly instructions: number;
  /** `unlisted` are the known calls that get the default action. */
  readonly counts: Readonly<Record<RuleVerdict | 'unlisted', number>>;
  readonly defaultAction: string;
  /** Ordered by number. */
  readonly rules: readonly RuleSummary[];
  /** Calls that rules name and that this architecture does not have; sorted. */
  readonly notOnArch: readonly string[];
}

interface FilterOrigin {
  readonly profile: SeccompProfile;
  readonly language?: string | undefined;
  readonly network: NetworkMode;
  /** Every call that a rule names. */
  readonly names: readonly string[];
}

export function summarizeFilter(
  filter: SeccompFilter,
  program: Uint8Array,
  origin: FilterOrigin,
): FilterSummary {
  const rules = filter.entries.map((entry) => summarizeEntry(filter.arch, entry));
  const count = (verdict: RuleVerdict): number => rules.filter((rule) => rule.verdict === verdict).length;
  return {
    arch: filter.arch,
    profile: origin.profile.name,
    language: origin.language ?? null,
    network: origin.network,
    sha256: createHash('sha256').update(program).digest('hex'),
    instructions: program.byteLength / INSTRUCTION_BYTES,
    counts: {
      allowed: count('allowed'),
      conditional: count('conditional'),
      denied: count('denied'),
      unlisted: syscallNames(filter.arch).length - rules.length,
    },
    defaultAction: describeAction(filter.defaultAction),
    rules,
    notOnArch: origin.names.filter((name) => syscallNumber(filter.arch, name) === undefined).sort(),
  };
}

function summarizeEntry(arch: Arch, { syscall, branches, otherwise }: SyscallEntry): RuleSummary {
  const allows = [...branches, otherwise].map(
    ({ action }) => action.kind === 'allow' || action.kind === 'log',
  );
  return {
    syscall,
    number: syscallNumber(arch, syscall) ?? -1,
    verdict: allows.every(Boolean) ? 'allowed' : allows.some(Boolean) ? 'conditional' : 'denied',
    branches: branches.map((branch) => ({
      when: branch.when.map(describeCondition).join(' and '),
      ...summarizeVerdict(branch),
    })),
    ...summarizeVerdict(otherwise),
  };
}

function summarizeVerdict({ action, why, source }: Verdict): VerdictSummary {
  return { action: describeAction(action), why, source: source === undefined ? '' : describeSource(source) };
}

/** `file:line`, or where a rule comes from that no file holds. */
export function describeSource(source: Source): string {
  if (typeof source === 'string') return source;
  return source.line === undefined ? source.file : `${source.file}:${source.line}`;
}
