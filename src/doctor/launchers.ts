import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import type { Engine } from '#engines/engine.ts';
import { nsjail } from '#engines/nsjail/engine.ts';
import { nameExhaustion } from '#error/exhausted.ts';
import { describeEngine } from '#host/engines.ts';
import type { EngineFacts } from '#host/types.ts';
import type { NativeProgram } from '#launch/native.ts';
import type { HostIds } from '#launch/types.ts';
import { probeProfile } from './confinement.ts';
import { modeOf, type Scratch } from './scratch.ts';
import { type TrialPlace, tryBubblewrap } from './try-bubblewrap.ts';
import { tryNsjail } from './try-nsjail.ts';
import type { LauncherFacts } from './types.ts';

export interface LauncherProbes {
  readonly engines: { readonly bubblewrap: EngineFacts; readonly nsjail: EngineFacts };
  /** null where it could not be opened: then nothing can be tried inside. */
  readonly native: NativeProgram | null;
  readonly scratch: Scratch;
  readonly ids: HostIds | null;
}

type Try = (place: TrialPlace) => Promise<Pick<LauncherFacts, 'jail' | 'trials'>>;

/** Both at the same time, each in its own sandbox with its own deadline. */
export async function probeLaunchers(
  probes: LauncherProbes,
): Promise<{ readonly bubblewrap: LauncherFacts; readonly nsjail: LauncherFacts }> {
  const [first, second] = await Promise.all([
    probeLauncher(bubblewrap, tryBubblewrap, probes),
    probeLauncher(nsjail, tryNsjail, probes),
  ]);
  return { bubblewrap: first, nsjail: second };
}

async function probeLauncher(
  { capabilities: { name }, requiredOptions }: Engine,
  tryIt: Try,
  { engines, native, scratch, ids }: LauncherProbes,
): Promise<LauncherFacts> {
  const known = engines[name];
  const engine = known.found && known.options === null ? await describeEngine(known) : known;
  const missing = requiredOptions.filter((option) => engine.found && !engine.options?.includes(option));
  const untried = {
    name,
    engine,
    missingOptions: missing,
    mode: null,
    profile: null,
    jail: null,
    trials: {},
  };
  if (!engine.found) return untried;
  const mode = await modeOf(engine.path);
  const located = { ...untried, mode: typeof mode === 'number' ? mode : null };
  try {
    const profile = await probeProfile(engine.path, ids);
    if (native === null || missing.length > 0) return { ...located, profile };
    const place = { path: engine.path, scratch, ids, nativeFd: native.handle.fd };
    return { ...located, profile, ...(await tryIt(place)) };
  } catch (error) {
    // A host that is out of processes is told by the checks of resources; the launcher is not to blame.
    const why = nameExhaustion(error);
    return { ...located, trials: { all: { answer: 'unclear', evidence: String(why) } } };
  }
}
