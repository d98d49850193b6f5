/**
 * What an attack is, and what becomes of it. Most attacks are data: arguments of the probe (src/native/probe) and a pure
 * function that judges the answers; the runner does the rest (docs/escape.md).
 */
import type { RunRequest, RunResult } from '#index.ts';
import type { PlanTransform, Trial } from '#internal.ts';
import type { Canaries } from './canaries.ts';

/** By the letter of the attack corpus; the key is the name on the command line. */
export const CATEGORIES = {
  filesystem: { letter: 'A', title: 'File system' },
  proc: { letter: 'B', title: '/proc and /sys' },
  namespaces: { letter: 'C', title: 'Namespaces' },
  capabilities: { letter: 'D', title: 'Capabilities and set-uid' },
  seccomp: { letter: 'E', title: 'System call filter' },
  kernel: { letter: 'F', title: 'Kernel attack surface' },
  network: { letter: 'G', title: 'Network' },
  ipc: { letter: 'H', title: 'IPC and keyrings' },
  descriptors: { letter: 'I', title: 'File descriptors' },
  terminal: { letter: 'J', title: 'Terminal' },
  processes: { letter: 'K', title: 'Signals and processes' },
  cgroups: { letter: 'L', title: 'Control groups' },
  resources: { letter: 'M', title: 'Resources' },
  leaks: { letter: 'N', title: 'Information leaks' },
  host: { letter: 'O', title: 'Supervisor and host side' },
  persistence: { letter: 'P', title: 'Persistence and neighbours' },
} as const;
export type Category = keyof typeof CATEGORIES;

/** What a success would be: the attacker's gain. */
export const IMPACTS = {
  E: 'escape',
  H: 'host secrets',
  X: 'network egress',
  L: 'other tenants',
  D: 'denial of service',
  S: 'limits evaded',
  I: 'result forged',
  V: 'hardening inside',
} as const;
export type Impact = keyof typeof IMPACTS;

/**
 * contained: refused, with the evidence expected, and the control shows that the probe works. escaped: it worked. weak:
 * stopped, but by less than was promised. not-applicable: this host, engine or policy has no such thing. not-tested:
 * nothing was learnt, above all when the control did not fire. error: the suite or warder failed.
 */
export const VERDICTS = ['contained', 'escaped', 'weak', 'not-applicable', 'not-tested', 'error'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Bind {
  /** On the host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What is known before an attack runs; plain data, for `applies`. */
export interface Facts {
  readonly arch: 'x86_64' | 'aarch64';
  /** `uname -r`. */
  readonly kernel: string;
  /** Effective uid of the suite. */
  readonly uid: number;
  readonly engine: 'bubblewrap' | 'nsjail' | 'none';
  readonly policy: {
    readonly name: string;
    /** What a request calls it: the name or the path that the target has. */
    readonly reference?: string;
    readonly network: 'none' | 'loopback';
    readonly writtenFiles: 'allow' | 'deny';
    readonly seccompProfile: string;
    /** Of the sandbox. */
    readonly hostname?: string;
    /** Names of the variables that the policy itself gives to programs. */
    readonly environment?: readonly string[];
    /** null without a limit. */
    readonly pids: number | null;
    /** Whether limit and filter let a program have a child. */
    readonly children: boolean;
    /** What the supervisor itself bounds; null without a limit. */
    readonly supervised?: {
      readonly wallMs: number | null;
      readonly stdoutBytes: number | null;
      readonly stderrBytes: number | null;
    };
    /** Directories and files of the host that the policy itself puts into the jail. */
    readonly binds?: readonly Bind[];
    /** What bounds the files that come out of a run. */
    readonly artifacts?: {
      readonly count: number;
      readonly sizeBytes: number;
      readonly totalBytes: number;
      readonly depth: number;
    };
  };
  readonly landlockAbi: number;
  readonly cgroupDriver: 'v1' | 'v2' | 'none';
}

/** One item of the probe's command line, such as `['open', 'w', '/etc/x']`, under a name of the attack's own. */
export interface ProbeCall {
  readonly name: string;
  readonly argv: readonly string[];
}

/** One line that a probe printed. */
export interface AnswerLine {
  readonly key: string;
  /** Unescaped. */
  readonly text: string;
}

/** A system call as the probe reports it: `errno` is a name such as EPERM; null when the call succeeded. */
export interface CallAnswer {
  readonly name: string;
  readonly errno: string | null;
  /** What it returned, in decimal. */
  readonly value: string;
}

export type AnswerEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: string }
  | { readonly kind: 'timeout' }
  /** The filter ended the whole run at this call: init's own record. */
  | { readonly kind: 'denied'; readonly syscall: string; readonly abi: string }
  /** The run ended otherwise before the probe did. */
  | { readonly kind: 'ended'; readonly outcome: string };

/** What became of one probe call. */
export interface ProbeAnswer {
  readonly name: string;
  readonly calls: readonly CallAnswer[];
  /** Every other line. */
  readonly lines: readonly AnswerLine[];
  readonly end: AnswerEnd;
}

/** Answers of an attack's probe calls, in their order. */
export type Answers = readonly ProbeAnswer[];

export interface Judgement {
  readonly verdict: Exclude<Verdict, 'not-tested'>;
  /** Exact answers: `unshare: EPERM`. Never "failed" or an exit code alone. */
  readonly evidence: readonly string[];
}

export interface JudgeContext {
  readonly facts: Facts;
  readonly canaries: Canaries;
  /** Where the answers come from; on `host` and in weak jails nothing is expected to hold. */
  readonly place: ControlPlace | 'sandbox';
}

/** A control of the jail that can be taken away for a comparison (relaxations.ts). */
export const RELAXATIONS = [
  'seccomp',
  'landlock',
  'readOnlyRoot',
  'readOnlyProc',
  'procMasks',
  'rlimits',
  'networkNamespace',
  'ipcNamespace',
  'utsNamespace',
  'cgroupNamespace',
  'userNamespaceLimit',
] as const;
export type Relaxation = (typeof RELAXATIONS)[number];

/**
 * Where the same probe is expected to succeed. `without:X+Y`: in the sandbox with these controls taken away. `privileged`:
 * a bubblewrap with all capabilities in namespaces of its own, so that what succeeds touches nothing of the host.
 * `plain`: `bwrap --ro-bind / / --dev /dev --proc /proc`, as people write it. `host`: beside the sandbox, for what does no
 * harm there.
 */
export type ControlPlace = 'host' | 'plain' | 'privileged' | `without:${string}`;

export interface AttackInfo {
  /** As in docs; never changes. */
  readonly id: string;
  readonly category: Category;
  readonly impact: Impact;
  readonly tier: 1 | 2;
  readonly title: string;
  readonly technique: string;
  /** CVE, man page, or who tests the same. */
  readonly reference: string;
  /** What contained means, in words. */
  readonly expected: string;
  /** Can hurt where the sandbox fails: runs with `--destructive` only. */
  readonly destructive?: true;
  /** Why there is nothing to attack here; null when there is. */
  readonly applies?: (facts: Facts) => string | null;
}

/** The usual form. The runner puts the probe calls of many attacks into one run, each call in a process of its own. */
export interface ProbeAttack extends AttackInfo {
  readonly kind: 'probe';
  readonly probes: (canaries: Canaries, facts: Facts) => readonly ProbeCall[];
  /** Pure. Gets the control's answers too: `escaped` there is what makes a control fire. */
  readonly judge: (answers: Answers, context: JudgeContext) => Judgement;
  /** Tried in this order until one fires. */
  readonly controls: readonly ControlPlace[];
  /** Signals by which a probe may end without having failed; any other end that is not its own is an `error`. */
  readonly ends?: readonly NodeJS.Signals[];
  /** A sandbox of its own: for what the other probes of the run would notice. */
  readonly alone?: true;
  /** Which controls `--layers` takes away one at a time to see whether another holds; default seccomp and landlock. */
  readonly layers?: readonly Relaxation[];
  /** Those of them of which SECURITY.md claims that another control holds in their place: where none does, it is `weak`. */
  readonly backed?: (facts: Facts) => readonly Relaxation[];
}

/** For everything that does not fit: several runs, files, limits, races, the supervisor as the victim. */
export interface RunAttack extends AttackInfo {
  readonly kind: 'run';
  /** Beside no other attack, and after them: for what blocks the suite itself. */
  readonly alone?: true;
  readonly run: (context: AttackContext) => Promise<Finding>;
}

/** Listed so that nobody believes it was tested. */
export interface AbsentAttack extends AttackInfo {
  readonly kind: 'absent';
  /** `not-applicable` where warder has nothing that could be attacked so, and is not meant to. */
  readonly verdict: 'not-tested' | 'not-applicable';
  /** Such as `feature not present: terminals`. */
  readonly why: string;
}

export type Attack = ProbeAttack | RunAttack | AbsentAttack;

export interface ControlFinding {
  readonly place: ControlPlace | string;
  readonly fired: boolean;
  /** The kernel or host has nothing there that could be attacked: the attack is not applicable. */
  readonly absent?: boolean;
  readonly evidence: readonly string[];
}

export interface Finding {
  readonly verdict: Verdict;
  readonly evidence: readonly string[];
  /** null where a run attack has its control built in, and its evidence says so. */
  readonly control: ControlFinding | null;
}

/** What a run attack works with. */
export interface AttackContext {
  readonly facts: Facts;
  readonly canaries: Canaries;
  /** Aborted when the suite is to end. */
  readonly signal: AbortSignal;
  /**
   * A run under the target's policy and engine. In a plain target it is refused with a WarderError, so use `probe` where
   * the probe suffices.
   */
  readonly run: (request: RunRequest, transform?: PlanTransform) => Promise<RunResult>;
  /** Probe calls in the target. `request` may tighten limits or send files; its argv is replaced. */
  readonly probe: (calls: readonly ProbeCall[], options?: ProbeOptions) => Promise<Answers>;
  /** The same at a control's place. */
  readonly probeAt: (place: ControlPlace, calls: readonly ProbeCall[]) => Promise<Answers>;
  /** The program's own filter under the target's policy, as compiled. */
  readonly filter: () => Promise<Uint8Array>;
  /** The transform that puts the probe into a jail, for requests of one's own. */
  readonly withProbe: PlanTransform;
  /** On the host. */
  readonly probePath: string;
  /**
   * A run of a probe that does not end, with `token` on its command line, under the target's policy and engine and a
   * supervisor in a process of its own, which has the token there as well. Resolves when that process has ended.
   */
  readonly superviseElsewhere: (token: string) => Promise<Trial>;
}

export interface ProbeOptions {
  readonly request?: RunRequest;
  readonly transform?: PlanTransform;
}
