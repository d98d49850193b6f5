/** All attacks on one target: sorted out, asked, compared with their controls, and the canaries looked at in the end. */
import { isWarderError } from '#index.ts';
import type { PlanTransform } from '#internal.ts';
import { askAttacks, inOneProcess, type Site, starterAt } from './ask.ts';
import { findControls } from './controls.ts';
import { runDoomed } from './doomed-order.ts';
import { errorText, problemText } from './error-text.ts';
import { brokenClaims, countLayers } from './layers.ts';
import { mapPool } from './pool.ts';
import { provenRun } from './proven-run.ts';
import { summarize, toReport, unprepared } from './report-parts.ts';
import type { AttackReport, TargetReport } from './report-types.ts';
import { runProbeCalls } from './run-probes.ts';
import type { Session } from './session.ts';
import { baseRequest, factsOf, runIn, startInSandbox, type Target } from './target.ts';
import type {
  Attack,
  AttackContext,
  Facts,
  Finding,
  Judgement,
  ProbeAttack,
  RunAttack,
  Verdict,
} from './types.ts';

export interface AttackOptions {
  readonly attacks: readonly Attack[];
  readonly destructive: boolean;
  readonly layers: boolean;
  /** After each attack. */
  readonly onDone: (attack: Attack) => void;
}

/** Resolves whatever happens: a target that cannot be prepared is a report with a problem. */
export async function attackTarget(
  session: Session,
  target: Target,
  options: AttackOptions,
): Promise<TargetReport> {
  const facts = await factsOf(session.warder, target).catch(problemText);
  if (typeof facts === 'string') return unprepared(target, facts);
  const site = { session, target, facts };
  const { findings, reached } = await findAll(site, options);
  const layers = options.layers ? await countLayers(site, probesOf(containedIn(options, findings))) : null;
  const attacks = options.attacks.map((attack) => {
    const own = layers?.get(attack.id) ?? null;
    return toReport(attack, weakened(attack, facts, findings.get(attack.id), own), own);
  });
  const canaries = [...reached, ...(await session.canaries.changed()).map((path) => `${path}: changed`)];
  return { target, facts, problem: null, attacks, summary: summarize(attacks), canaries };
}

/** What became of each attack, and which listeners were reached from inside; that controls reach them is what they are for. */
interface Found {
  readonly findings: ReadonlyMap<string, Finding>;
  readonly reached: readonly string[];
}

async function findAll(site: Site, options: AttackOptions): Promise<Found> {
  const findings = new Map<string, Finding>();
  const { attacks, destructive, onDone } = options;
  const settle = (attack: Attack, finding: Finding): void => {
    findings.set(attack.id, finding);
    onDone(attack);
  };
  for (const attack of attacks) {
    const left = leftOut(attack, site, destructive);
    if (left) settle(attack, left);
  }
  const open = attacks.filter(({ id }) => !findings.has(id));
  const probes = probesOf(open);
  const atProbes = watchListeners(site.session);
  const judgements = await askAttacks(site, 'sandbox', probes, (attack) => onDone(attack));
  const byProbes = atProbes();
  const contained = probes.filter(({ id }) => judgements.get(id)?.verdict === 'contained');
  const controls = await findControls(site, contained);
  for (const { id } of probes) findings.set(id, withControl(judgements.get(id), controls.get(id) ?? null));
  const runs = open.filter((attack) => attack.kind === 'run');
  const atRuns = watchListeners(site.session);
  const attackOne = async (attack: RunAttack): Promise<void> => settle(attack, await runAttack(site, attack));
  const shared = runs.filter(({ alone }) => !alone);
  await mapPool(shared, site.session.concurrency, attackOne);
  for (const attack of runs.filter(({ alone }) => alone)) await attackOne(attack);
  return { findings, reached: [...byProbes, ...atRuns()] };
}

/** A finding for what is not tried at all. */
function leftOut(attack: Attack, { facts, target }: Site, destructive: boolean): Finding | null {
  const because = (verdict: Verdict, why: string): Finding => ({ verdict, evidence: [why], control: null });
  if (attack.kind === 'absent') return because(attack.verdict, attack.why);
  const inapplicable = attack.applies?.(facts) ?? null;
  if (inapplicable !== null) return because('not-applicable', inapplicable);
  if (attack.kind === 'run' && target.kind !== 'warder')
    return because('not-applicable', 'attacks runs of warder, and there is none here');
  if (attack.destructive && !destructive)
    return because(
      'not-tested',
      'can do harm where the sandbox fails: needs --destructive, and a host where a group can be made around it',
    );
  return null;
}

function withControl(judgement: Judgement | undefined, control: Finding['control']): Finding {
  const { verdict, evidence } = judgement ?? { verdict: 'error', evidence: ['no answer'] };
  // What got out needs no proof that the probe works.
  if (verdict !== 'contained' || control?.fired) return { verdict, evidence, control };
  if (control?.absent) return { verdict: 'not-applicable', evidence: control.evidence, control };
  const why = control ? `no control fired, the last one ${control.place}` : 'there is no control';
  return { verdict: 'not-tested', evidence: [...evidence, why], control };
}

async function runAttack(site: Site, attack: RunAttack): Promise<Finding> {
  if (site.session.signal.aborted) return { verdict: 'not-tested', evidence: ['interrupted'], control: null };
  try {
    return await attack.run(contextFor(site));
  } catch (error) {
    const evidence = [errorText(error)];
    // It asked for limits that are small, and the policy gives less.
    const isBeyond = isWarderError(error) && error.code === 'REQUEST_BEYOND_CEILING';
    return { verdict: isBeyond ? 'not-tested' : 'error', evidence, control: null };
  }
}

function contextFor(site: Site): AttackContext {
  const { session, target, facts } = site;
  const { warder, stage, canaries, signal } = session;
  if (target.kind !== 'warder') throw new RangeError('no warder in this target');
  return {
    facts,
    canaries,
    signal,
    run: (request, more) => {
      const execute = (transform: PlanTransform) =>
        runIn({ warder, target, facts }, request, { transform, signal });
      return heard(provenRun(execute, more));
    },
    probe: (calls, more) => {
      const start = startInSandbox({ warder, target, facts }, stage, { ...more, signal });
      return heard(runProbeCalls(start, calls, inOneProcess(site, 'sandbox')));
    },
    probeAt: (place, calls) => {
      const start = starterAt(site, place);
      if (start === null) throw new RangeError(`there is no place ${place} here`);
      return heard(runProbeCalls(start, calls, inOneProcess(site, place)));
    },
    filter: async () => (await warder.prepare(baseRequest(target), {})).program.spec.filter,
    withProbe: stage.transform,
    probePath: stage.path,
    superviseElsewhere: (token) => heard(runDoomed(session, { target, facts }, token)),
  };
}

/** An attack that does something else before it waits for a run must not end the suite when that run fails meanwhile. */
function heard<T>(running: Promise<T>): Promise<T> {
  running.catch(() => {});
  return running;
}

function probesOf(attacks: readonly Attack[]): readonly ProbeAttack[] {
  return attacks.filter((attack) => attack.kind === 'probe');
}

function containedIn({ attacks }: AttackOptions, findings: ReadonlyMap<string, Finding>): readonly Attack[] {
  return attacks.filter(({ id }) => findings.get(id)?.verdict === 'contained');
}

/** @returns what says which of the listeners were connected to since */
function watchListeners({ canaries }: Session): () => readonly string[] {
  const before = canaries.touched();
  const kinds = ['unix', 'abstract', 'tcp'] as const;
  return () => {
    const now = canaries.touched();
    return kinds.filter((kind) => now[kind] > before[kind]).map((kind) => `${kind} listener: connected`);
  };
}

/** What was contained by fewer controls than are claimed. */
function weakened(
  attack: Attack,
  facts: Facts,
  finding: Finding | undefined,
  layers: AttackReport['layers'],
): Finding | undefined {
  if (finding?.verdict !== 'contained' || attack.kind !== 'probe' || layers === null) return finding;
  const broken = brokenClaims(attack, facts, layers);
  return broken.length === 0
    ? finding
    : { ...finding, verdict: 'weak', evidence: [...broken, ...finding.evidence] };
}
