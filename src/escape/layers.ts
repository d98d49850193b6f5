/** How deep the defence is: the same attack with single controls taken away, while all others stay. */
import { askAttacks, type Site } from './ask.ts';
import type { LayerFinding } from './report-types.ts';
import type { ProbeAttack, Relaxation } from './types.ts';

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

function layersOf({ layers = DEFAULT_LAYERS }: ProbeAttack): readonly Relaxation[] {
  return layers;
}
