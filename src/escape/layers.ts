/** How deep the defence is: the same attack with single controls taken away, while all others stay. */
import { askAttacks, type Site } from './ask.ts';
import type { LayerFinding } from './report-types.ts';
import type { Facts, ProbeAttack, Relaxation } from './types.ts';

const DEFAULT_LAYERS: readonly Relaxation[] = ['seccomp', 'landlock'];

export async function countLayers(
  site: Site,
  attacks: readonly ProbeAttack[],
): Promise<ReadonlyMap<string, readonly LayerFinding[]>> {
  const found = new Map<string, readonly LayerFinding[]>();
  if (site.target.kind !== 'warder') return found;
  const without = new Set(attacks.flatMap(layersOf));
  for (const layer of without) {
    const concerned = attacks.filter((attack) => layersOf(attack).includes(layer));
    for (const [id, { verdict }] of await askAttacks(site, `without:${layer}`, concerned)) {
      found.set(id, [...(found.get(id) ?? []), { without: layer, verdict }]);
    }
  }
  return found;
}

/**
 * `weak`: contained, but one control alone stopped it where two are claimed (docs/escape.md).
 * @returns what let it through, as evidence; empty where every claim holds
 */
export function brokenClaims(
  { backed }: ProbeAttack,
  facts: Facts,
  layers: readonly LayerFinding[],
): readonly string[] {
  const claimed: readonly string[] = backed?.(facts) ?? [];
  const through = layers.filter(({ without, verdict }) => claimed.includes(without) && verdict === 'escaped');
  return through.map(
    ({ without }) => `without ${without} nothing else stops it, where another control should`,
  );
}

function layersOf({ layers = DEFAULT_LAYERS }: ProbeAttack): readonly Relaxation[] {
  return layers;
}
