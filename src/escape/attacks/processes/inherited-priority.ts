import { readFile } from 'node:fs/promises';
import { contentOf, describeCall, describeEnd, refused, worst } from '#escape/judging.ts';
import { call } from '#escape/probe-calls.ts';
import { twoSided } from '#escape/two-sided.ts';
import type {
  Answers,
  AttackContext,
  Finding,
  JudgeContext,
  Judgement,
  ProbeCall,
  RunAttack,
} from '#escape/types.ts';

/** Limits of asm-generic/resource.h as /proc/self/limits calls them, and what a host with such users sets. */
const RAISED = [
  { resource: 13, name: 'Max nice priority', value: '40' },
  { resource: 14, name: 'Max realtime priority', value: '50' },
] as const;

export const inheritedPriority: RunAttack = {
  kind: 'run',
  alone: true,
  id: 'pr-inherited-priority',
  category: 'processes',
  impact: 'D',
  tier: 2,
  title: 'Priority that the supervisor may have',
  technique:
    'Gives the supervisor RLIMIT_NICE and RLIMIT_RTPRIO for the time of the attack, as LimitNICE= or pam_limits do; then asks for a real-time schedule and nice -20, and reads its limits',
  reference: 'getrlimit(2), sched(7): with these limits no capability is needed',
  expected: 'EPERM or EACCES for each; both limits are 0, hard ones too',
  applies: ({ uid }) => (uid === 0 ? null : 'only root can give its supervisor more than it has'),
  run: attackPriority,
};

const CALLS: readonly ProbeCall[] = [
  { name: 'realtime', argv: ['realtime'] },
  { name: 'limits', argv: ['read', '/proc/self/limits'] },
];

async function attackPriority(context: AttackContext): Promise<Finding> {
  const before = await readFile('/proc/self/limits', 'latin1');
  try {
    const refusal = await setLimits(context, ({ value }) => [value, value]);
    if (refusal !== null) return { verdict: 'not-applicable', evidence: [refusal], control: null };
    const inside = await context.probe(CALLS);
    const place = 'without:rlimits';
    return twoSided(context, judgePriority, inside, { place, answers: await context.probeAt(place, CALLS) });
  } finally {
    await setLimits(context, ({ name }) => limitsIn(before, name));
  }
}

type Raised = (typeof RAISED)[number];

/**
 * Soft and hard limits of the suite's own process, set by a child that has its rights.
 * @returns why it cannot be, where the host does not let it
 */
async function setLimits(
  { facts, probeAt }: AttackContext,
  wanted: (raised: Raised) => readonly [string, string],
): Promise<string | null> {
  const calls = RAISED.map((raised) => {
    const pair = wanted(raised).map((value) => (value === 'unlimited' ? '-1' : value));
    const argv = call(
      facts.arch,
      'prlimit64',
      String(process.pid),
      `${raised.resource}`,
      `w:${pair.join(',')}`,
      '0',
    );
    return { name: raised.name, argv };
  });
  const made = (await probeAt('host', calls)).flatMap((answer) => answer.calls);
  if (made.some(({ errno }) => errno === 'EPERM'))
    return 'this supervisor can be given no more than it has: root without CAP_SYS_RESOURCE';
  const failed = made.filter(({ errno }) => errno !== null);
  if (failed.length > 0 || made.length < calls.length)
    throw new Error(`limits were not set: ${failed.map(describeCall).join(', ')}`);
  return null;
}

function limitsIn(text: string, name: string): readonly [string, string] {
  const line = text.split('\n').find((one) => one.startsWith(name)) ?? '';
  const [soft = '', hard = ''] = line.slice(name.length).trim().split(/\s+/);
  return [soft, hard];
}

function judgePriority(answers: Answers, context: JudgeContext): Judgement {
  const [realtime, limits] = answers;
  const text = limits ? contentOf(limits) : '';
  if (realtime === undefined || !text.includes(RAISED[0].name))
    return { verdict: 'error', evidence: [(limits && describeEnd(limits)) ?? 'limits cannot be read'] };
  const asked = refused({ errnos: ['EPERM', 'EACCES', 'ENOSYS'] })([realtime], context);
  const found = RAISED.map(({ name }) => ({ name, pair: limitsIn(text, name) }));
  const isZero = found.every(({ pair }) => pair.every((value) => value === '0'));
  return {
    verdict: worst([asked.verdict, isZero ? 'contained' : 'escaped']),
    evidence: [...asked.evidence, ...found.map(({ name, pair }) => `${name}: ${pair.join(' ')}`)],
  };
}
