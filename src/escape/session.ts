/** What one suite holds while it runs: a warder instance, canaries, the probe's place; opened once for all targets. */
import { availableParallelism } from 'node:os';
import { createLogger, type LogLevel, openWarder, type WarderInstance } from '#internal.ts';
import { type OpenCanaries, plantCanaries } from './canaries.ts';
import type { LauncherPaths } from './places.ts';
import { type ProbeStage, stageProbe } from './probe-stage.ts';
import { sweepCanaries } from './stale-canaries.ts';
import { launcherPaths } from './target.ts';
import type { ControlFinding } from './types.ts';

export interface SessionOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Policies that targets name, files included. */
  readonly policies: readonly string[];
  /** Sandboxes at a time; default: one for each processor. */
  readonly concurrency?: number | undefined;
  readonly cgroup?: { readonly parent?: string; readonly moveSelf?: boolean };
  readonly logLevel?: LogLevel;
  readonly signal: AbortSignal;
}

export interface Session {
  readonly warder: WarderInstance;
  readonly canaries: OpenCanaries;
  readonly stage: ProbeStage;
  readonly launchers: LauncherPaths;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly env: SessionOptions['env'];
  readonly cgroup: NonNullable<SessionOptions['cgroup']>;
  /** Controls outside warder's jails give the same for every target. */
  readonly controls: Map<string, ControlFinding>;
  readonly close: () => Promise<void>;
}

/** @throws WarderError HOST_* when nothing can run here; ENOENT when the probe was not built */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { env, policies, concurrency = availableParallelism(), cgroup = {}, signal } = options;
  await sweepCanaries();
  const canaries = await plantCanaries();
  const held: (() => Promise<void>)[] = [canaries.close];
  const close = async (): Promise<void> => {
    // One that fails must not keep the others: then canaries would stay on the host.
    const failures: unknown[] = [];
    for (const release of held.toReversed()) await release().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    const stage = await stageProbe(canaries.dir);
    held.push(stage.close);
    const logger =
      options.logLevel === undefined ? {} : { logger: createLogger({ level: options.logLevel }) };
    // Attacks by one run on another need both at a time.
    const runs = 2 * concurrency;
    const warder = await openWarder({ policies, concurrency: runs, cgroup, ...logger }, env);
    held.push(() => warder.close());
    const launchers = launcherPaths(warder);
    const controls = new Map<string, ControlFinding>();
    return { warder, canaries, stage, launchers, concurrency, signal, env, cgroup, controls, close };
  } catch (error) {
    await close();
    throw error;
  }
}
