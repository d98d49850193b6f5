/** Positive controls: the same probe where it must succeed. Without one that fires, nothing was tested. */
import { askAttacks, type Place, type Site } from './ask.ts';
import type { ControlFinding, ControlPlace, Judgement, ProbeAttack } from './types.ts';

/** For each attack the first control that fires, else the last one tried. */
export async function findControls(
  site: Site,
  attacks: readonly ProbeAttack[],
): Promise<ReadonlyMap<string, ControlFinding>> {
  const found = new Map<string, ControlFinding>();
  const rounds = Math.max(0, ...attacks.map((attack) => placesFor(site, attack).length));
  for (let round = 0; round < rounds; round++) {
    const open = attacks.filter(({ id }) => !found.get(id)?.fired);
    const places = new Set(open.flatMap((attack) => placesFor(site, attack)[round] ?? []));
    for (const place of places) {
      const group = open.filter((attack) => placesFor(site, attack)[round] === place);
      for (const [id, finding] of await askControls(site, place, group)) found.set(id, finding);
    }
  }
  return found;
}

/** In a jail that somebody else made there are no controls of ours to take away, and it is no control of itself. */
function placesFor({ target }: Site, { controls }: ProbeAttack): readonly ControlPlace[] {
  if (target.kind === 'warder') return controls;
  return controls.filter((place) => !place.startsWith('without:') && place !== 'plain');
}

async function askControls(
  site: Site,
  place: ControlPlace,
  attacks: readonly ProbeAttack[],
): Promise<readonly (readonly [string, ControlFinding])[]> {
  const { controls: known } = site.session;
  const shared = !place.startsWith('without:');
  const fresh = attacks.filter((attack) => !shared || !known.has(keyOf(site, place, attack)));
  const judgements = await askAttacks(site, place, fresh);
  return attacks.map((attack) => {
    const key = keyOf(site, place, attack);
    const judgement = judgements.get(attack.id);
    const finding = judgement === undefined ? known.get(key) : toFinding(site, place, judgement);
    if (shared && finding) known.set(key, finding);
    return [attack.id, finding ?? { place, fired: false, evidence: [] }] as const;
  });
}

/**
 * A judge that says `not-applicable` of a place outside the jail says it of the host. What an ordinary user may not do
 * there either is no attack on the sandbox; root may do everything, so for him it is a probe that does not work.
 */
function toFinding({ facts }: Site, place: ControlPlace, { verdict, evidence }: Judgement): ControlFinding {
  const isForbidden = verdict === 'contained' && facts.uid !== 0 && !place.startsWith('without:');
  const absent = verdict === 'not-applicable' || isForbidden ? { absent: true } : {};
  const why = isForbidden ? [`uid ${facts.uid} may not do this without a sandbox either`] : [];
  return { place, fired: verdict === 'escaped', ...absent, evidence: [...why, ...evidence] };
}

/** What an attack tries may depend on the policy. */
function keyOf({ session, facts }: Site, place: Place, attack: ProbeAttack): string {
  return JSON.stringify([place, attack.id, attack.probes(session.canaries, facts)]);
}
