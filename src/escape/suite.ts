/** The whole suite: every attack on every target, as one report. */
import { setMaxListeners } from 'node:events';
import { openOuterGroup } from '#internal.ts';
import { attackTarget } from './attack-target.ts';
import { ATTACKS } from './corpus.ts';
import type { EscapeReport } from './report-types.ts';
import { openSession, type SessionOptions } from './session.ts';
import { type Target, targetName } from './target.ts';
import { type Attack, CATEGORIES } from './types.ts';

export interface SuiteOptions extends Omit<SessionOptions, 'policies'> {
  readonly version: string;
  readonly targets: readonly Target[];
  /** Ids and categories; everything when empty. */
  readonly only: readonly string[];
  readonly destructive: boolean;
  readonly layers: boolean;
  readonly onProgress: (progress: Progress) => void;
  /** In place of the corpus, for tests. */
  readonly attacks?: readonly Attack[];
}

export interface Progress {
  readonly target: string;
  readonly done: number;
  readonly total: number;
  /** The attack that ended. */
  readonly id: string;
}

/** Around everything that could harm the host; several runs at once have to fit, and this process. */
const OUTER_LIMITS = { memoryBytes: 2 * 1024 ** 3, pids: 1024 };

/** @throws WarderError HOST_* when nothing at all can run here */
export async function runSuite(options: SuiteOptions): Promise<EscapeReport> {
  const startedAt = new Date();
  const attacks = selectAttacks(options.attacks ?? ATTACKS, options.only);
  const policies = options.targets.flatMap((target) => (target.kind === 'warder' ? [target.policy] : []));
  // Every run listens, and there may be dozens at once.
  setMaxListeners(0, options.signal);
  const { env, cgroup = {} } = options;
  const outer = options.destructive ? await openOuterGroup(OUTER_LIMITS, env, cgroup) : null;
  const within = outer?.parent ? { cgroup: { parent: outer.parent } } : {};
  const session = await openSession({ ...options, ...within, policies: [...new Set(policies)] }).catch(
    async (error: unknown) => {
      await outer?.close();
      throw error;
    },
  );
  try {
    const targets = [];
    for (const target of options.targets) {
      if (options.signal.aborted) break;
      const onDone = countDone(target, attacks.length, options.onProgress);
      const { layers } = options;
      // Without a group around them they are left out, and the report says so.
      const destructive = outer !== null;
      targets.push(await attackTarget(session, target, { attacks, destructive, layers, onDone }));
    }
    const { kernel, arch, uid } = session.warder.runtime.facts;
    return {
      schema: 1,
      warder: options.version,
      host: { kernel, arch, uid, node: process.versions.node },
      targets,
      startedAt: startedAt.toISOString(),
      ms: Date.now() - startedAt.getTime(),
    };
  } finally {
    await session.close();
    await outer?.close();
  }
}

function countDone(target: Target, total: number, onProgress: SuiteOptions['onProgress']) {
  let done = 0;
  return ({ id }: Attack): void => {
    done += 1;
    onProgress({ target: targetName(target), done, total, id });
  };
}

/** By id, by the name of a category, or by its letter. */
export function selectAttacks<A extends Pick<Attack, 'id' | 'category'>>(
  attacks: readonly A[],
  only: readonly string[],
): readonly A[] {
  if (only.length === 0) return attacks;
  return attacks.filter((attack) => only.some((wanted) => isMeant(attack, wanted)));
}

function isMeant({ id, category }: Pick<Attack, 'id' | 'category'>, wanted: string): boolean {
  return wanted === id || wanted === category || wanted === CATEGORIES[category].letter;
}

/** Words of `only` that stand for nothing. */
export function unknownSelections(attacks: readonly Attack[], only: readonly string[]): readonly string[] {
  return only.filter((wanted) => !attacks.some((attack) => isMeant(attack, wanted)));
}
