import { runTrial } from '#escape/trials.ts';
import { withControl } from '#escape/two-sided.ts';
import type { AttackContext, Finding, Judgement, RunAttack } from '#escape/types.ts';
import type { RunResult } from '#index.ts';

export const standIns: RunAttack = {
  kind: 'run',
  id: 'res-stand-ins',
  category: 'resources',
  impact: 'D',
  tier: 2,
  title: 'More memory and tasks than allowed, where no control group counts them',
  technique: '64 MiB of anonymous pages under 24 MiB, and twenty children under a limit of eight tasks',
  reference: 'getrlimit(2): RLIMIT_DATA, RLIMIT_NPROC',
  expected: 'ENOMEM and EAGAIN at the limit, where a policy accepts that limits of the process stand in',
  run: attackStandIns,
};

const ENOMEM = 12;
const EAGAIN = 11;

/** A control that a limit of the process may hold, and what would exceed it. */
interface Wish {
  readonly control: 'memory' | 'pids';
  readonly limits: { readonly memory: string } | { readonly pids: number };
  readonly args: readonly string[];
  /** What the probe says when it was refused. */
  readonly refused: string;
  /** And when it got everything. */
  readonly held: RegExp;
}

const WISHES: readonly Wish[] = [
  {
    control: 'memory',
    limits: { memory: '24MiB' },
    args: ['eat', '64', 'anon'],
    refused: `call mmap ${ENOMEM} `,
    held: /^held /m,
  },
  {
    control: 'pids',
    limits: { pids: 8 },
    args: ['forks', '20'],
    refused: `call fork ${EAGAIN} `,
    held: /^call fork 0 /m,
  },
];

async function attackStandIns(context: AttackContext): Promise<Finding> {
  const findings: Finding[] = [];
  const others: string[] = [];
  for (const wish of WISHES.filter(({ control }) => control === 'memory' || context.facts.policy.children)) {
    const tried = await runTrial(context, { args: wish.args, request: { limits: wish.limits } });
    const by = tried.controls.find(({ control }) => control === wish.control)?.enforcedBy ?? [];
    if (!by.includes('rlimit')) others.push(`${wish.control} is held by ${by.join(', ')}`);
    else findings.push(await compare(context, wish, tried));
  }
  const [first = { verdict: 'not-applicable', evidence: others, control: null }] = findings;
  const worst = findings.find(({ verdict }) => verdict !== 'contained') ?? first;
  return { ...worst, evidence: findings.flatMap(({ evidence }) => evidence).concat(others) };
}

async function compare(context: AttackContext, wish: Wish, tried: RunResult): Promise<Finding> {
  const free = judge(wish, await runTrial(context, { args: wish.args }));
  return withControl(judge(wish, tried), {
    place: "the policy's own limit",
    fired: free.verdict === 'escaped',
    evidence: free.evidence,
  });
}

function judge({ control, refused, held }: Wish, { stdout: { data }, outcome }: RunResult): Judgement {
  const evidence = [`${control}: ${data.split('\n').slice(1, -2).join(', ')}; ${JSON.stringify(outcome)}`];
  if (held.test(data)) return { verdict: 'escaped', evidence };
  return { verdict: data.includes(refused) ? 'contained' : 'error', evidence };
}
