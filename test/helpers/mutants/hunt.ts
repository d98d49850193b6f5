/** Runs the suite on a mutant and on the original, and says which attacks tell the two apart. */
import { attackTarget } from '../../../src/escape/attack-target.ts';
import { ATTACKS } from '../../../src/escape/corpus.ts';
import { combine } from '../../../src/escape/relaxations.ts';
import { openSession, type Session } from '../../../src/escape/session.ts';
import { selectAttacks } from '../../../src/escape/suite.ts';
import { baseRequest, type WarderTarget } from '../../../src/escape/target.ts';
import type { Attack, Verdict } from '../../../src/escape/types.ts';
import type { JailPlan, PlanTransform } from '../../../src/internal.ts';
import type { Mutant } from './mutant.ts';

export interface Catch {
  /** Attacks that ended otherwise: `id: escaped`. Empty: nothing noticed. */
  readonly by: readonly string[];
  /** warder or the launcher would not run it at all: the first words of why. */
  readonly refused: string | null;
}

export interface Hunter {
  readonly plan: JailPlan;
  readonly hunt: (mutant: Mutant) => Promise<Catch>;
  readonly close: () => Promise<void>;
}

type Verdicts = ReadonlyMap<string, { readonly verdict: Verdict; readonly evidence: readonly string[] }>;

export async function openHunter(target: WarderTarget): Promise<Hunter> {
  const signal = new AbortController().signal;
  const session = await openSession({ env: process.env, policies: [target.policy], signal });
  const setMutation = interpose(session);
  const originals = new Map<string, Promise<Verdicts>>();
  const attack = async (mutation: PlanTransform | null, mutant: Mutant): Promise<Verdicts> => {
    setMutation(mutation);
    const { attacks = [], destructive = false } = mutant;
    const options = { attacks: withoutControls(selectAttacks(ATTACKS, attacks)), destructive, layers: false };
    const report = await attackTarget(session, target, { ...options, onDone: () => {} });
    return new Map(report.attacks.map((one) => [one.id, one]));
  };
  const original = (mutant: Mutant): Promise<Verdicts> => {
    const { behind, attacks, destructive } = mutant;
    const key = JSON.stringify([behind?.id, attacks, destructive]);
    const known = originals.get(key) ?? attack(behind?.remove ?? null, mutant);
    originals.set(key, known);
    return known;
  };
  const { jail } = await session.warder.prepare(baseRequest(target), {});
  return {
    plan: jail,
    hunt: async (mutant) => {
      const before = await original(mutant);
      const both = combine([...(mutant.behind ? [mutant.behind.remove] : []), mutant.remove]);
      return compare(before, await attack(both, mutant));
    },
    close: session.close,
  };
}

/** Every run of the session gets the mutation first: there is no option for that, so the instance is changed in place. */
function interpose({ warder }: Session): (mutation: PlanTransform | null) => void {
  let current: PlanTransform | null = null;
  const execute = warder.execute.bind(warder);
  warder.execute = (request, extras) => {
    if (current === null) return execute(request, extras);
    const transforms = extras.transform ? [current, extras.transform] : [current];
    return execute(request, { ...extras, transform: combine(transforms) });
  };
  return (mutation) => {
    current = mutation;
  };
}

/** What is compared is the sandbox; controls were the business of the suite itself. */
function withoutControls(attacks: readonly Attack[]): readonly Attack[] {
  return attacks.map((attack) => (attack.kind === 'probe' ? { ...attack, controls: [] } : attack));
}

/** A code of warder's own, as error-text.ts writes it. */
const OWN_ERROR = /^(?:[A-Z]+_)[A-Z_]+: /;

function compare(before: Verdicts, after: Verdicts): Catch {
  const worse = [...after].filter(([id, { verdict }]) => {
    const was = before.get(id)?.verdict;
    const bad = verdict === 'escaped' || verdict === 'weak' || verdict === 'error';
    return bad && was !== verdict && was !== 'escaped';
  });
  const failed = worse.filter(([, { evidence }]) => OWN_ERROR.test(evidence[0] ?? ''));
  const by = worse.filter((one) => !failed.includes(one)).map(([id, { verdict }]) => `${id}: ${verdict}`);
  // One run that fails is an accident; when none can be started, warder itself noticed.
  const refused =
    by.length === 0 && failed.length > after.size / 2 ? (failed[0]?.[1].evidence[0] ?? null) : null;
  return { by, refused };
}
