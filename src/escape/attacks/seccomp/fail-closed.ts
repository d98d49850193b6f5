import { errorText } from '#escape/error-text.ts';
import { startProbe } from '#escape/probe-stage.ts';
import { combine } from '#escape/relaxations.ts';
import type { AttackContext, Facts, Finding, Judgement, RunAttack } from '#escape/types.ts';
import { AUDIT_ARCH, type PlanTransform } from '#internal.ts';

/** BPF_MAXINSNS of linux/bpf_common.h, and one more. */
const TOO_MANY = 4097;
const INSTRUCTION_BYTES = 8;

export const failClosed: RunAttack = {
  kind: 'run',
  id: 'sc-fail-closed',
  category: 'seccomp',
  impact: 'E',
  tier: 1,
  title: 'A filter that the kernel does not take',
  technique: 'Runs with a truncated, odd, empty, oversized filter and with one for another architecture',
  reference: 'nsjail issue 285, bubblewrap "Invalid seccomp data"',
  expected: 'The program does not run: the run fails, or the program is ended before its first call',
  run: attackFilters,
};

async function attackFilters(context: AttackContext): Promise<Finding> {
  const good = await context.filter();
  const control = await tryFilter(context, 'the right filter', good);
  const judged: Judgement[] = [];
  for (const [name, filter] of Object.entries(brokenFilters(good, context.facts)))
    judged.push(await tryFilter(context, name, filter));
  const ran = judged.some(({ verdict }) => verdict === 'escaped');
  const fired = control.verdict === 'escaped';
  return {
    verdict: ran ? 'escaped' : fired ? 'contained' : 'not-tested',
    evidence: judged.flatMap(({ evidence }) => evidence),
    control: { place: 'the right filter', fired, evidence: control.evidence },
  };
}

function brokenFilters(good: Uint8Array, { arch }: Facts): Readonly<Record<string, Uint8Array>> {
  return {
    empty: new Uint8Array(0),
    'cut in an instruction': good.subarray(0, good.length - 3),
    // Without its last instruction a path of the program leaves it.
    'without its end': good.subarray(0, good.length - INSTRUCTION_BYTES),
    'too long': new Uint8Array(TOO_MANY * INSTRUCTION_BYTES).map(
      (_, at) => allow()[at % INSTRUCTION_BYTES] ?? 0,
    ),
    'another architecture': forArch(AUDIT_ARCH[arch === 'x86_64' ? 'aarch64' : 'x86_64']),
  };
}

/** `escaped` when the program ran, by its own words. */
async function tryFilter(context: AttackContext, name: string, filter: Uint8Array): Promise<Judgement> {
  const change: PlanTransform = {
    program: (plan) => ({
      ...plan,
      spec: { ...plan.spec, filter, notify: plan.spec.notify && name !== 'another architecture' },
    }),
  };
  try {
    const transform = combine([context.withProbe, startProbe(['inline', 'ids']), change]);
    const { outcome, stdout } = await context.run({}, transform);
    const ran = stdout.data.includes('begin 0');
    return { verdict: ran ? 'escaped' : 'contained', evidence: [`${name}: ${JSON.stringify(outcome)}`] };
  } catch (error) {
    return { verdict: 'contained', evidence: [`${name}: ${errorText(error)}`] };
  }
}

/** BPF_RET, SECCOMP_RET_ALLOW. */
function allow(): Uint8Array {
  return Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);
}

/** Loads the architecture, allows that one, kills the process otherwise (linux/filter.h, linux/seccomp.h). */
function forArch(auditArch: number): Uint8Array {
  const program = Buffer.alloc(4 * INSTRUCTION_BYTES);
  program.set([0x20, 0, 0, 0, 4], 0);
  program.set([0x15, 0, 0, 1], INSTRUCTION_BYTES);
  program.writeUInt32LE(auditArch, INSTRUCTION_BYTES + 4);
  program.set(allow(), 2 * INSTRUCTION_BYTES);
  program.set([0x06, 0, 0, 0, 0, 0, 0, 0x80], 3 * INSTRUCTION_BYTES);
  return program;
}
