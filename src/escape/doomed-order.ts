/**
 * A supervisor in a process of its own, which is there to be killed: what a program outlives cannot be seen by a supervisor
 * that is alive.
 */
import { fileURLToPath } from 'node:url';
import { type Trial, tryProcess } from '#internal.ts';
import type { Session } from './session.ts';
import type { WarderTarget } from './target.ts';
import type { Facts } from './types.ts';

/** What doomed-supervisor.ts gets, as JSON. */
export interface DoomedOrder {
  readonly target: WarderTarget;
  readonly facts: Facts;
  /** Where runs get their groups; as WarderOptions.cgroup. */
  readonly cgroup: { readonly parent?: string; readonly moveSelf?: boolean };
  /** The program that this suite's own runs start with. */
  readonly nativePath: string;
  /** The directory with the probe. */
  readonly stage: string;
  /** On the command line of the probe. */
  readonly token: string;
}

/** The built one, for sources as for the built package: Node runs nothing else. */
const PROGRAM = fileURLToPath(new URL('../../dist/escape/doomed-supervisor.js', import.meta.url));
/** Whatever the limits of the policy. */
const LATEST_END_MS = 120_000;

/** Resolves when the supervisor has ended: by itself, with what it said on stderr, or killed. */
export function runDoomed(
  { warder, stage, env, cgroup }: Session,
  { target, facts }: Pick<DoomedOrder, 'target' | 'facts'>,
  token: string,
): Promise<Trial> {
  const { native, facts: host } = warder.runtime;
  const { dir = null, join = null } = host.cgroup.delegation ?? {};
  // Beside the runs of this suite, where processes may move themselves; where systemd has to do it, as the suite does.
  const place = dir !== null && join === 'self' ? { parent: dir } : cgroup;
  const order: DoomedOrder = {
    target,
    facts,
    cgroup: place,
    nativePath: native.path,
    stage: stage.directory,
    token,
  };
  const defined = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return tryProcess(process.execPath, [PROGRAM, JSON.stringify(order)], {
    ids: null,
    timeoutMs: LATEST_END_MS,
    env: Object.fromEntries(defined),
  });
}
