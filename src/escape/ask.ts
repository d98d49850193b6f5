/** Probe attacks at one place: their calls in as few runs as possible, the answers back to each, judged. */
import { CANARY_VARIABLE } from './canaries.ts';
import { errorText } from './error-text.ts';
import { judgeAnswers } from './judge-answers.ts';
import { startAt } from './places.ts';
import { batch, mapPool } from './pool.ts';
import { parseRelaxations, relax } from './relaxations.ts';
import { runProbeCalls, type StartProbe } from './run-probes.ts';
import type { Session } from './session.ts';
import { allowsChildren, startInSandbox, type Target } from './target.ts';
import type { ControlPlace, Facts, Judgement, ProbeAttack, ProbeCall } from './types.ts';

/** Calls in one run: more save starts, fewer spread over the processors. */
const BATCH_CALLS = 40;

export interface Site {
  readonly session: Session;
  readonly target: Target;
  readonly facts: Facts;
}

export type Place = ControlPlace | 'sandbox';

/** @returns null where there is no such place, such as a launcher that is not installed */
export function starterAt({ session, target, facts }: Site, place: Place): StartProbe | null {
  const { warder, stage, launchers, canaries, signal } = session;
  const env = { [CANARY_VARIABLE]: canaries.token };
  if (place === 'host' || place === 'plain' || place === 'privileged')
    return startAt(place, stage.path, launchers, env);
  if (target.kind !== 'warder') {
    const plain = target.kind === 'plain-bwrap' ? 'plain' : 'plain-nsjail';
    return place === 'sandbox' ? startAt(plain, stage.path, launchers, env) : null;
  }
  const transform = place === 'sandbox' ? undefined : relax(parseRelaxations(place.slice('without:'.length)));
  return startInSandbox({ warder, target, facts }, stage, { transform, signal });
}

/** Whether probe calls must share a process there. */
export function inOneProcess({ target, facts }: Site, place: Place): boolean {
  const isJail = place === 'sandbox' || place.startsWith('without:');
  return isJail && target.kind === 'warder' && !allowsChildren(facts);
}

interface Asked {
  readonly attack: ProbeAttack;
  readonly calls: readonly ProbeCall[];
}

/** A judgement for each attack; one that could not be asked is an `error` with the reason. `onJudged` hears each at once. */
export async function askAttacks(
  site: Site,
  place: Place,
  attacks: readonly ProbeAttack[],
  onJudged: (attack: ProbeAttack, judgement: Judgement) => void = () => {},
): Promise<ReadonlyMap<string, Judgement>> {
  const { session, facts } = site;
  const asked = attacks.map((attack) => ({ attack, calls: attack.probes(session.canaries, facts) }));
  const alone = asked.filter(({ attack }) => attack.alone);
  const shared = asked.filter(({ attack }) => !attack.alone);
  const groups = [...alone.map((one) => [one]), ...batch(shared, ({ calls }) => calls.length, BATCH_CALLS)];
  const judged = await mapPool(groups, session.concurrency, async (group) => {
    const judgements = await askGroup(site, place, group);
    for (const [{ attack }, judgement] of judgements) onJudged(attack, judgement);
    return judgements;
  });
  return new Map(judged.flat().map(([{ attack }, judgement]) => [attack.id, judgement]));
}

async function askGroup(
  site: Site,
  place: Place,
  group: readonly Asked[],
): Promise<readonly (readonly [Asked, Judgement])[]> {
  try {
    if (site.session.signal.aborted) return failAll(group, 'interrupted');
    const start = starterAt(site, place);
    if (start === null) return failAll(group, 'there is no such place here');
    const calls = group.flatMap((asked) => asked.calls);
    const answers = await runProbeCalls(start, calls, inOneProcess(site, place));
    let at = 0;
    return group.map((asked) => {
      const own = answers.slice(at, at + asked.calls.length);
      at += asked.calls.length;
      const context = { facts: site.facts, canaries: site.session.canaries, place };
      return [asked, judgeAnswers(asked.attack, asked.calls.length, own, context)] as const;
    });
  } catch (error) {
    return failAll(group, errorText(error));
  }
}

function failAll(group: readonly Asked[], why: string): readonly (readonly [Asked, Judgement])[] {
  return group.map((asked) => [asked, { verdict: 'error', evidence: [why] }]);
}
