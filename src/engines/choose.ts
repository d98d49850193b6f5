/**
 * Which launcher a run gets. What an engine can hold is data (its capabilities), so the choice is a comparison: `auto`
 * takes the one that leaves the fewest gaps, the first of ENGINES among equals; a named one is taken or refused.
 */
import { WarderError } from '#error/warder-error.ts';
import type { EngineFacts } from '#host/types.ts';
import type { ControlContext } from '#plan/control-finding.ts';
import { assessControls } from '#plan/controls.ts';
import { bubblewrap } from './bubblewrap/engine.ts';
import type { Engine } from './engine.ts';
import { nsjail } from './nsjail/engine.ts';

export type EngineName = Engine['capabilities']['name'];

/** In the order of preference. */
export const ENGINES: readonly Engine[] = [bubblewrap, nsjail];

export type Candidate =
  | { readonly engine: EngineName; readonly state: 'missing' }
  /** `why` in place of options that are missing: it cannot even be asked. */
  | {
      readonly engine: EngineName;
      readonly state: 'unusable';
      readonly missing: readonly string[];
      readonly why?: string;
    }
  /** `refused` are the gaps that end the run; `waived` those that the policy lets be. */
  | {
      readonly engine: EngineName;
      readonly state: 'usable';
      readonly refused: readonly string[];
      readonly waived: readonly string[];
    };

export interface EngineChoice {
  readonly engine: Engine;
  /** Why, for the log: what became of each engine that was looked at. */
  readonly candidates: readonly Candidate[];
}

/**
 * A launcher that has not been asked what it can do (`options: null`) counts as usable here: ask it, then choose again.
 * Where no engine can hold the whole policy, or none is there, the choice is the one that planning refuses with the
 * reasons that help most. A launcher whose path the operator gave is used or refused: `auto` does not go round it.
 * @throws WarderError HOST_ENGINE_UNUSABLE
 */
export function chooseEngine(
  wanted: 'auto' | EngineName,
  context: Omit<ControlContext, 'engine'>,
): EngineChoice {
  const engines = ENGINES.filter(({ capabilities }) => wanted === 'auto' || wanted === capabilities.name);
  const judged = engines.map((engine) => ({ engine, candidate: judge(engine, context) }));
  const [best] = judged.toSorted((a, b) => rank(a.candidate) - rank(b.candidate));
  if (!best) throw new WarderError('INTERNAL_BUG', `no engine ${wanted}`, { details: { what: wanted } });
  for (const { candidate } of judged) {
    if (candidate.state === 'unusable' && isGiven(context.host.engines[candidate.engine]))
      throw unusable(candidate, context.host.engines);
  }
  if (best.candidate.state === 'unusable') throw unusable(best.candidate, context.host.engines);
  return { engine: best.engine, candidates: judged.map(({ candidate }) => candidate) };
}

function isGiven(facts: EngineFacts): boolean {
  return facts.found ? facts.given === true : facts.givenButUnusable !== undefined;
}

function judge(
  { capabilities, requiredOptions }: Engine,
  context: Omit<ControlContext, 'engine'>,
): Candidate {
  const { name: engine } = capabilities;
  const facts = context.host.engines[engine];
  if (!facts.found) {
    const why = facts.givenButUnusable;
    return why === undefined ? { engine, state: 'missing' } : { engine, state: 'unusable', missing: [], why };
  }
  const missing = requiredOptions.filter((option) => facts.options?.includes(option) === false);
  if (missing.length > 0) return { engine, state: 'unusable', missing };
  const gaps = assessControls({ ...context, engine: capabilities }).filter(({ gap }) => gap !== undefined);
  const names = gaps.map(({ entry }) => entry.control);
  const { allowDegraded } = context.policy;
  return {
    engine,
    state: 'usable',
    refused: names.filter((name) => !allowDegraded.includes(name)),
    waived: names.filter((name) => allowDegraded.includes(name)),
  };
}

/** Lower is better. A gap that ends the run outweighs any number of waived ones. */
function rank(candidate: Candidate): number {
  switch (candidate.state) {
    case 'usable':
      return candidate.refused.length * 1000 + candidate.waived.length;
    case 'unusable':
      return 1e6;
    case 'missing':
      return 1e9;
  }
}

const REMEDY = {
  bubblewrap: 'Install bubblewrap 0.8.0 or newer, or set WARDER_BWRAP to such a binary',
  nsjail:
    'Build nsjail 3.4 or newer from https://github.com/google/nsjail, or set WARDER_NSJAIL to such a binary',
} as const;

/** By which the operator gives a path in place of a search. */
const VARIABLE = { bubblewrap: 'WARDER_BWRAP', nsjail: 'WARDER_NSJAIL' } as const;

function unusable(
  { engine, missing, why }: Extract<Candidate, { state: 'unusable' }>,
  engines: Readonly<Record<EngineName, EngineFacts>>,
): WarderError {
  const facts = engines[engine];
  const what = facts.found ? `${facts.path} (${facts.version})` : facts.searched.join(', ');
  const source = isGiven(facts) ? `${VARIABLE[engine]} names ${what}, which` : what;
  const problem = why === undefined ? `lacks ${missing.join(', ')}` : `cannot be used: ${why}`;
  return new WarderError('HOST_ENGINE_UNUSABLE', `${source} ${problem}`, {
    details: { engine, missing },
    hint: isGiven(facts) ? `Correct ${VARIABLE[engine]}, or unset it to search PATH` : REMEDY[engine],
  });
}
