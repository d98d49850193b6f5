/** Runs the suite on a mutant and on the original, and says which attacks tell the two apart. */
import { attackTarget } from '#escape/attack-target.ts';
import { ATTACKS } from '#escape/corpus.ts';
import { combine } from '#escape/relaxations.ts';
import { openSession, type Session } from '#escape/session.ts';
import { selectAttacks, unknownSelections } from '#escape/suite.ts';
import { baseRequest, type WarderTarget } from '#escape/target.ts';
import type { Attack, Verdict } from '#escape/types.ts';
import type { Prepared } from '#internal.ts';
import type { NativeProgram } from '#launch/native.ts';
import type { Mutant, Question, Removal } from './mutant.ts';
import type { Workshop } from './native-build.ts';
import type { Scene } from './scenes.ts';

export interface Catch {
  /** Attacks that ended otherwise: `id: escaped`. Empty: nothing noticed. */
  readonly by: readonly string[];
  /** warder or the launcher would not run it at all: the first words of why. */
  readonly refused: string | null;
}

/** What became of a mutant. */
export interface Hunted {
  /** With the one control gone, or with both of a pair. */
  readonly found: Catch;
  /** Of a pair, each alone: nothing is to be noticed. */
  readonly alone: readonly { readonly id: string; readonly found: Catch }[];
}

export interface Hunter {
  readonly prepared: Prepared;
  readonly hunt: (mutant: Mutant) => Promise<Hunted>;
  readonly close: () => Promise<void>;
}

type Verdicts = ReadonlyMap<string, { readonly verdict: Verdict; readonly evidence: readonly string[] }>;

export async function openHunter(
  target: WarderTarget,
  workshop: Workshop,
  scene: Scene = () => {},
): Promise<Hunter> {
  const signal = new AbortController().signal;
  const session = await openSession({ env: process.env, policies: [target.policy], signal });
  scene(session);
  const bench = openBench(session, workshop);
  const originals = new Map<string, Promise<Verdicts>>();
  const attack = async (gone: readonly Removal[], question: Question): Promise<Verdicts> => {
    await bench.take(gone);
    const { attacks, destructive = false } = question;
    const unknown = unknownSelections(ATTACKS, attacks);
    if (unknown.length > 0) throw new RangeError(`no attack is called ${unknown.join(', ')}`);
    const options = { attacks: withoutControls(selectAttacks(ATTACKS, attacks)), destructive, layers: false };
    const report = await attackTarget(session, target, { ...options, onDone: () => {} });
    return new Map(report.attacks.map((one) => [one.id, one]));
  };
  const original = (question: Question): Promise<Verdicts> => {
    const { behind, attacks, destructive } = question;
    const key = JSON.stringify([behind?.id, attacks, destructive]);
    const known = originals.get(key) ?? attack(behind ? [behind] : [], question);
    originals.set(key, known);
    return known;
  };
  const look = async (gone: readonly Removal[], question: Question): Promise<Catch> => {
    const before = await original(question);
    const { behind } = question;
    return compare(before, await attack([...(behind ? [behind] : []), ...gone], question));
  };
  return {
    prepared: await session.warder.prepare(baseRequest(target), {}),
    hunt: async (mutant) => {
      const { second } = mutant;
      if (second === undefined) return { found: await look([mutant], mutant), alone: [] };
      const alone = [];
      for (const one of [mutant, second]) alone.push({ id: one.id, found: await look([one], mutant) });
      return { found: await look([mutant, second], mutant), alone };
    },
    close: async () => {
      bench.restore();
      await session.close();
    },
  };
}

interface Bench {
  /** From now on every run of the session lacks these, and nothing else. */
  readonly take: (gone: readonly Removal[]) => Promise<void>;
  readonly restore: () => void;
}

/** There is no option for this, so the instance is changed in place. */
function openBench({ warder }: Session, workshop: Workshop): Bench {
  const runtime = warder.runtime as { native: NativeProgram };
  const own = runtime.native;
  let current: readonly Removal[] = [];
  const execute = warder.execute.bind(warder);
  warder.execute = (request, extras) => {
    const transforms = [...current.flatMap(({ remove }) => remove ?? []), extras.transform ?? {}];
    return execute(request, { ...extras, transform: combine(transforms) });
  };
  return {
    take: async (gone) => {
      const edits = gone.flatMap(({ native = [] }) => native);
      runtime.native = edits.length > 0 ? await workshop.programWith(edits) : own;
      current = gone;
    },
    restore: () => {
      runtime.native = own;
      current = [];
    },
  };
}

/** What is compared is the sandbox; controls were the business of the suite itself. */
function withoutControls(attacks: readonly Attack[]): readonly Attack[] {
  return attacks.map((attack) => (attack.kind === 'probe' ? { ...attack, controls: [] } : attack));
}

/** A code of warder's own, as error-text.ts writes it, or a program that init would not start. */
const OWN_ERROR = /^(?:[A-Z]+_)[A-Z_]+: |: not started: [A-Z0-9]+$/;

function compare(before: Verdicts, after: Verdicts): Catch {
  const worse = [...after].filter(([id, { verdict }]) => {
    const was = before.get(id)?.verdict;
    const bad = verdict === 'escaped' || verdict === 'weak' || verdict === 'error';
    return bad && was !== verdict && was !== 'escaped';
  });
  // Calls have names like those codes: only what failed can be a refusal.
  const failed = worse.filter(
    ([, { verdict, evidence }]) => verdict === 'error' && OWN_ERROR.test(evidence[0] ?? ''),
  );
  const by = worse.filter((one) => !failed.includes(one)).map(([id, { verdict }]) => `${id}: ${verdict}`);
  // One run that fails is an accident; when none can be started, warder itself noticed.
  const refused =
    by.length === 0 && failed.length > after.size / 2 ? (failed[0]?.[1].evidence[0] ?? null) : null;
  return { by, refused };
}
