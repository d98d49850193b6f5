import { describeEnd } from '#escape/judging.ts';
import { withControl } from '#escape/two-sided.ts';
import type {
  AttackContext,
  Facts,
  Finding,
  Judgement,
  ProbeAnswer,
  ProbeCall,
  RunAttack,
} from '#escape/types.ts';
import { syscallNumber } from '#internal.ts';
import { answered, predict } from './prediction.ts';

/** Calls that only their arguments make dangerous. Pointers lead nowhere, so that whatever gets past the filter does nothing. */
const NOWHERE = -1n;
const O_DIRECT = { x86_64: 0o40000n, aarch64: 0o200000n } as const;
const PRCTL = {
  PR_SET_TSC: 26n,
  PR_SET_MM: 35n,
  PR_SET_SPECULATION_CTRL: 53n,
  PR_SET_SYSCALL_USER_DISPATCH: 59n,
  PR_SCHED_CORE: 62n,
  PR_SET_MEMORY_MERGE: 67n,
} as const;
/** Level and name of setsockopt(2), as linux/tcp.h, linux/udp.h and asm-generic/socket.h have them. */
const OPTIONS = {
  TCP_ULP: [6n, 31n],
  UDP_ENCAP: [17n, 100n],
  SO_ATTACH_FILTER: [1n, 26n],
  SO_ATTACH_BPF: [1n, 50n],
  SO_ATTACH_REUSEPORT_CBPF: [1n, 51n],
  SO_ATTACH_REUSEPORT_EBPF: [1n, 52n],
} as const;

interface Rule {
  readonly name: string;
  readonly syscall: string;
  readonly args: readonly bigint[];
}

const rule = (name: string, syscall: string, ...args: readonly bigint[]): Rule => ({ name, syscall, args });

function rulesFor({ arch }: Facts): readonly Rule[] {
  return [
    rule('setrlimit of the core limit', 'setrlimit', 4n, NOWHERE),
    rule('prlimit64 of the core limit', 'prlimit64', 0n, 4n, NOWHERE),
    rule('arch_prctl, ARCH_MAP_VDSO_64', 'arch_prctl', 0x2003n, NOWHERE),
    rule('memfd_create with huge pages', 'memfd_create', NOWHERE, 4n),
    rule('shmget with huge pages', 'shmget', 0n, 0n, 0o5600n),
    rule('madvise, MADV_MERGEABLE', 'madvise', 0n, 4096n, 12n),
    rule('fcntl of stdin, O_DIRECT', 'fcntl', 0n, 4n, O_DIRECT[arch]),
    rule('socketpair, AF_INET', 'socketpair', 2n, 1n, 0n, NOWHERE),
    rule('ioctl, TIOCSETD', 'ioctl', 0n, 0x5423n, NOWHERE),
    ...Object.entries(PRCTL).map(([name, option]) =>
      rule(`prctl, ${name}`, 'prctl', option, NOWHERE, NOWHERE, NOWHERE, NOWHERE),
    ),
    ...Object.entries(OPTIONS).map(([name, pair]) => rule(`setsockopt, ${name}`, 'setsockopt', 0n, ...pair)),
  ];
}

export const argumentRules: RunAttack = {
  kind: 'run',
  id: 'sc-argument-rules',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'Calls that only some arguments make dangerous',
  technique:
    'One call for each argument that no policy may allow, with pointers that lead nowhere; compares with what the bytes of the filter say',
  reference: 'seccomp(2); CVE-2019-10063; core(5) on a limit of 1',
  expected: 'Each is refused, with the errno or the kill of the filter',
  run: attackRules,
};

async function attackRules(context: AttackContext): Promise<Finding> {
  const { facts } = context;
  const filter = await context.filter();
  const asked = rulesFor(facts).flatMap((one) => toAsked(facts, filter, one));
  const calls = asked.map(({ call }) => call);
  const judged = (await context.probe(calls)).map((answer, index) => judgeRule(answer, asked[index]));
  const place = 'without:seccomp';
  const free = asked.filter(({ wanted }) => wanted !== 'kill');
  const others = await context.probeAt(
    place,
    free.map(({ call }) => call),
  );
  const through = others.filter((answer, index) => {
    const got = answered(answer);
    return got !== null && got !== free[index]?.wanted;
  });
  const wrong = judged.filter(({ verdict }) => verdict !== 'contained');
  const verdict = wrong.some((one) => one.verdict === 'escaped')
    ? 'escaped'
    : (wrong[0]?.verdict ?? 'contained');
  const evidence = (wrong.length > 0 ? wrong : judged).flatMap((one) => one.evidence);
  return withControl(
    { verdict, evidence },
    {
      place,
      // Where each of them ends the run, there is nothing to ask for but that.
      fired: through.length > 0 || free.length === 0,
      evidence: through.map((answer) => `${answer.name}: ${answered(answer)}`).slice(0, 5),
    },
  );
}

interface Asked {
  readonly call: ProbeCall;
  /** What the filter's bytes say. */
  readonly wanted: string;
}

function toAsked(facts: Facts, filter: Uint8Array, { name, syscall, args }: Rule): readonly Asked[] {
  const nr = syscallNumber(facts.arch, syscall);
  if (nr === undefined) return [];
  const call = { name, argv: ['sys', name, String(nr), ...args.map(String)] };
  return [{ call, wanted: predict(facts, filter, nr, args) }];
}

function judgeRule(answer: ProbeAnswer, asked: Asked | undefined): Judgement {
  const got = answered(answer);
  const evidence = [
    got === null ? `${describeEnd(answer) ?? answer.name}: no answer` : `${answer.name}: ${got}`,
  ];
  if (asked?.wanted === 'allow')
    return { verdict: 'escaped', evidence: [`${answer.name}: the filter allows it`] };
  if (got !== null && got === asked?.wanted) return { verdict: 'contained', evidence };
  return {
    verdict: got === null ? 'error' : 'escaped',
    evidence: [`${evidence}, where ${asked?.wanted} was expected`],
  };
}
