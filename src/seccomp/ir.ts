/**
 * The seccomp model, from which every emitter works.
 *
 * A filter answers one system call with one action. It holds at most one entry per system call; an entry has
 * branches, tried in order, each the conjunction of its conditions; the first branch that holds decides, and
 * `otherwise` decides when none does. A system call without an entry gets `defaultAction`. So a rule without
 * conditions beside rules with conditions has one meaning only: it is the last word, not a competitor.
 */

export const ARCHES = ['x86_64', 'aarch64'] as const;
export type Arch = (typeof ARCHES)[number];

export type Action =
  | { readonly kind: 'allow' }
  /** The call is not made and returns -errno; 1–4095 (MAX_ERRNO in the kernel's seccomp.c). */
  | { readonly kind: 'errno'; readonly errno: number }
  | { readonly kind: 'killProcess' }
  /** The listener is told and the call waits; without a listener the kernel answers ENOSYS (seccomp(2)). */
  | { readonly kind: 'notify' }
  | { readonly kind: 'trap' }
  | { readonly kind: 'log' };

/**
 * How many bits of the argument count. The filter sees 64 bits, while the kernel cuts an `int` argument to 32;
 * an `int` must therefore be compared with width 32, or `value | 1 << 32` gets past the rule.
 */
export type Width = 32 | 64;

export type ArgIndex = 0 | 1 | 2 | 3 | 4 | 5;

/** Unsigned comparison of one argument with a constant. */
export interface Comparison {
  readonly op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
  readonly arg: ArgIndex;
  readonly width: Width;
  readonly value: bigint;
}

/** Holds when `argument & mask` is `value`. */
export interface MaskedComparison {
  readonly op: 'maskedEq';
  readonly arg: ArgIndex;
  readonly width: Width;
  readonly mask: bigint;
  readonly value: bigint;
}

export type Condition = Comparison | MaskedComparison;

/** Where a rule is written. */
export interface Place {
  /** As messages call it: `policies/seccomp/default.yaml`, a path, the name of a policy, or `request`. */
  readonly file: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** `prologue`: built in, and no file can change it. `default`: no rule, the default action. */
export type Source = Place | 'prologue' | 'default';

export interface Verdict {
  readonly action: Action;
  /** Who needs it or what it protects. */
  readonly why: string;
  /** Not set in filters that are put together by hand. */
  readonly source?: Source;
}

export interface Branch extends Verdict {
  /** All must hold; never empty. */
  readonly when: readonly Condition[];
}

export interface SyscallEntry {
  readonly syscall: string;
  readonly branches: readonly Branch[];
  readonly otherwise: Verdict;
}

export interface SeccompFilter {
  readonly arch: Arch;
  readonly entries: readonly SyscallEntry[];
  readonly defaultAction: Action;
}

/** What a filter is asked about: the kernel's struct seccomp_data without the instruction pointer. */
export interface SyscallData {
  /** AUDIT_ARCH_* of the calling convention. */
  readonly auditArch: number;
  /** Unsigned 32 bits. */
  readonly nr: number;
  /** Six registers, unsigned 64 bits. */
  readonly args: readonly bigint[];
}
