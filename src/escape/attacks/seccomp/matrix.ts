import { describeCall, describeEnd, worst } from '#escape/judging.ts';
import { batch, mapPool } from '#escape/pool.ts';
import type {
  AttackContext,
  Facts,
  Finding,
  Judgement,
  ProbeAnswer,
  ProbeCall,
  RunAttack,
} from '#escape/types.ts';
import { syscallName } from '#internal.ts';
import { answered, predict } from './prediction.ts';

/** Past the last call of every kernel so far, so that calls which this kernel or we do not know are asked too. */
const LAST_NUMBER = 600;
/** Where one denied call ends the run, each costs a start: every eighth number, and every call that the tables name. */
const SAMPLE = 8;
const BATCH = 50;
const PARALLEL = 4;
const ARGUMENTS = Array<bigint>(6).fill(-1n);

/** These do not return, or do more than answer, whatever their arguments; vhangup has an attack of its own. */
const SKIPPED = new Set(['exit', 'exit_group', 'pause', 'fork', 'vfork', 'rt_sigreturn', 'sync', 'vhangup']);

/** -1 as flags makes a queue that outlives the program (msgget(2)): without flags it only looks for one. */
const HARMLESS: Readonly<Record<string, readonly bigint[]>> = { msgget: [-1n, 0n] };

/**
 * uretprobe and uprobe, which the kernel lets no filter see (seccomp_uprobe_exception in kernel/seccomp.c): code that the
 * kernel itself puts into a process calls them, and from elsewhere they only end it.
 */
const EXEMPT: Readonly<Record<Facts['arch'], readonly number[]>> = { x86_64: [335, 336], aarch64: [] };

export const matrix: RunAttack = {
  kind: 'run',
  id: 'sc-matrix',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'Every system call, against the compiled policy',
  technique: `Calls each number from 0 to ${LAST_NUMBER - 1} with bad arguments; compares with what the filter's bytes say`,
  reference: 'seccomp(2)',
  expected: 'Errno and kill of each number are those of the policy, and allowed calls get past the filter',
  run: attackMatrix,
};

async function attackMatrix(context: AttackContext): Promise<Finding> {
  const { facts } = context;
  const filter = await context.filter();
  const numbers = numbersFor(facts, filter);
  const asked = await mapPool(
    batch(numbers, () => 1, BATCH),
    PARALLEL,
    async (group) =>
      compare(facts, filter, group, await context.probe(group.map((nr) => toCall(facts.arch, nr)))),
  );
  const judged = asked.flat();
  const wrong = judged.filter(({ verdict }) => verdict !== 'contained');
  const verdict = worst(judged.map((one) => one.verdict));
  const control = await findControl(context, filter, numbers);
  const evidence =
    wrong.length > 0
      ? wrong.flatMap((one) => one.evidence)
      : [`${judged.length} calls answered as the policy says`];
  return { verdict: verdict === 'contained' && !control.fired ? 'not-tested' : verdict, evidence, control };
}

/** Without the filter the numbers that it refuses must answer differently. */
async function findControl(
  { facts, probeAt }: AttackContext,
  filter: Uint8Array,
  numbers: readonly number[],
): Promise<NonNullable<Finding['control']>> {
  const place = 'without:seccomp';
  const denied = numbers
    .filter((nr) => predict(facts, filter, nr, argumentsOf(facts.arch, nr)) !== 'allow')
    .slice(0, BATCH);
  const judged = compare(
    facts,
    filter,
    denied,
    await probeAt(
      place,
      denied.map((nr) => toCall(facts.arch, nr)),
    ),
  );
  const through = judged.filter(({ verdict }) => verdict === 'escaped');
  return {
    place,
    fired: through.length > 0,
    evidence: through.flatMap(({ evidence }) => evidence).slice(0, 5),
  };
}

function numbersFor(facts: Facts, filter: Uint8Array): readonly number[] {
  const all = Array.from({ length: LAST_NUMBER }, (_, nr) => nr);
  const kills = all.filter((nr) => predict(facts, filter, nr, argumentsOf(facts.arch, nr)) === 'kill').length;
  return all.filter((nr) => {
    if (SKIPPED.has(syscallName(facts.arch, nr) ?? '') || EXEMPT[facts.arch].includes(nr)) return false;
    return (
      kills < BATCH || predict(facts, filter, nr, argumentsOf(facts.arch, nr)) !== 'kill' || nr % SAMPLE === 0
    );
  });
}

function argumentsOf(arch: Facts['arch'], nr: number): readonly bigint[] {
  return HARMLESS[syscallName(arch, nr) ?? ''] ?? ARGUMENTS;
}

function toCall(arch: Facts['arch'], nr: number): ProbeCall {
  return { name: String(nr), argv: ['sys', String(nr), String(nr), ...argumentsOf(arch, nr).map(String)] };
}

function compare(
  facts: Facts,
  filter: Uint8Array,
  numbers: readonly number[],
  answers: readonly ProbeAnswer[],
): readonly Judgement[] {
  return numbers.map((nr, index) =>
    judgeNumber(facts, nr, predict(facts, filter, nr, argumentsOf(facts.arch, nr)), answers[index]),
  );
}

function judgeNumber(facts: Facts, nr: number, wanted: string, answer: ProbeAnswer | undefined): Judgement {
  const name = syscallName(facts.arch, nr) ?? `call ${nr}`;
  const [made] = answer?.calls ?? [];
  const got = answer ? answered(answer) : null;
  if (got === null) {
    const end = (answer && describeEnd(answer)) ?? 'the probe said nothing';
    return { verdict: 'error', evidence: [`${name}: no answer, ${end}`] };
  }
  if (wanted === 'allow')
    return got === 'kill'
      ? { verdict: 'error', evidence: [`${name}: killed, though the policy allows it`] }
      : { verdict: 'contained', evidence: [] };
  if (got === wanted) return { verdict: 'contained', evidence: [] };
  const shown = made ? describeCall({ ...made, name }) : got;
  return { verdict: 'escaped', evidence: [`${shown}, though the policy says ${wanted}`] };
}
