import { createHash } from 'node:crypto';
import { describeAction } from './action.ts';
import { INSTRUCTION_BYTES } from './bpf.ts';
import { describeCondition } from './conditions.ts';
import type { Arch, SeccompFilter, SyscallEntry } from './ir.ts';
import type { NetworkMode } from './prologue-sockets.ts';
import { syscallNames, syscallNumber } from './syscalls.ts';

export type RuleVerdict = 'allowed' | 'conditional' | 'denied';

/** One call in a listing. */
export interface RuleSummary {
  readonly syscall: string;
  readonly number: number;
  readonly verdict: RuleVerdict;
  /** Tried in order; empty for calls that do not depend on their arguments. */
  readonly branches: readonly { readonly when: string; readonly action: string; readonly why: string }[];
  /** What is done when no branch holds. */
  readonly action: string;
  readonly why: string;
}

export interface FilterSummary {
  readonly arch: Arch;
  readonly profile: string;
  readonly network: NetworkMode;
  /** Lower-case hexadecimal, over the program's bytes. */
  readonly sha256: string;
  readonly instructions: number;
  /** `unlisted` are the known calls that get the default action. */
  readonly counts: Readonly<Record<RuleVerdict | 'unlisted', number>>;
  readonly defaultAction: string;
  /** Ordered by number. */
  readonly rules: readonly RuleSummary[];
}

interface FilterOrigin {
  readonly profile: string;
  readonly network: NetworkMode;
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
    profile: origin.profile,
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
    branches: branches.map(({ when, action, why }) => ({
      when: when.map(describeCondition).join(' and '),
      action: describeAction(action),
      why,
    })),
    action: describeAction(otherwise.action),
    why: otherwise.why,
  };
}
