/**
 * `warder doctor`: looks at everything that runs depend on and ends with real ones. Probes stay in a private temporary
 * directory and change no setting; the cgroup that is made and removed to see whether it can be is the one that every
 * start of warder makes. "Ready" is about one policy: what it asks for and this host cannot give has failed.
 */
import { release } from 'node:os';
import { ENGINES, type EngineName } from '#engines/choose.ts';
import { WarderError } from '#error/warder-error.ts';
import type { WarderOptions } from '#options-schema.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import { listManifests } from '#rootfs/manifest-load.ts';
import { withDeadline } from '#util/deadline.ts';
import { openWarder } from '#warder.ts';
import { judgeAll } from './checks.ts';
import { gatherFacts, type Opened } from './gather.ts';
import { judgePolicy } from './policy.ts';
import { judgeRefusal } from './refusals.ts';
import { type RunPlan, tryRuns } from './runs.ts';
import type { CheckResult, DoctorFacts, DoctorReport, Finding } from './types.ts';

export interface DoctorOptions {
  /** Name or file. */
  readonly policy: string;
  readonly engine: 'auto' | EngineName;
  readonly env: NodeJS.ProcessEnv;
  /** The words that start this program, for repairs that it can make itself; default: as if it were on PATH. */
  readonly self?: readonly string[];
  /** As for runs: where groups may lie decides what can be held. */
  readonly cgroup?: NonNullable<WarderOptions['cgroup']>;
  /** Told before each step that takes a while. */
  readonly onProgress?: (what: string) => void;
}

/** Opening reads files and asks launchers, each with a deadline of its own; this one is for what nobody thought of. */
const OPEN_TIMEOUT_MS = 30_000;

/** @throws WarderError POLICY_* for a policy that is not there or wrong; what is wrong with the host is in the report */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const { policy: name, engine, env, onProgress = () => {} } = options;
  const startedAt = new Date().toISOString();
  const { policy } = resolvePolicy(await loadPolicyFile(name));
  onProgress('the host');
  const opened = await open(options);
  try {
    onProgress('the kernel and both launchers');
    const facts = await gatherFacts({ opened, policy, engine, env });
    const context = {
      rootfs: policy.filesystem.rootfs,
      manifests: await listManifests(),
      self: options.self ?? ['warder'],
    };
    const asked = await judgePolicy(opened, policy, context);
    const runs = await proveByRuns(opened, facts, { refusal: asked.code, context, onProgress });
    const checks = [...judgeAll(facts), asked, ...runs];
    const ready = checks.every(({ state }) => state !== 'failed');
    return { ...describe(options, facts), ready, checks, startedAt };
  } finally {
    await opened.instance?.close();
  }
}

async function open({ policy, engine, env, cgroup }: DoctorOptions): Promise<Opened> {
  const hangs = () => new WarderError('INTERNAL_BUG', 'starting warder hangs', { details: { what: 'open' } });
  const opening = openWarder({ policy, engine, ...(cgroup ? { cgroup } : {}) }, env);
  try {
    return { instance: await withDeadline(opening, OPEN_TIMEOUT_MS, hangs), error: null };
  } catch (error) {
    // Should it come after all, nobody else would close it.
    opening.then((late) => late.close()).catch(() => {});
    return { instance: null, error };
  }
}

async function proveByRuns(
  { instance, error }: Opened,
  facts: DoctorFacts,
  plan: Pick<RunPlan, 'refusal' | 'context' | 'onProgress'>,
): Promise<readonly CheckResult[]> {
  if (instance === null) return [notStarted(judgeRefusal(error, null, plan.context))];
  const engines = ENGINES.map(({ capabilities: { name } }) => ({
    name,
    found: facts[name].engine.found,
    needed: facts.neededEngines.includes(name),
  }));
  return tryRuns({ instance, engines, ...plan });
}

function notStarted({ state, found, code, fix }: Finding): CheckResult {
  const title = 'warder itself can be started';
  const why = 'Nothing can be run without it';
  return {
    id: 'runs.start',
    group: 'runs',
    title,
    state,
    found,
    why,
    fix: fix ?? null,
    code: code ?? null,
    ms: null,
  };
}

function describe(
  { engine }: DoctorOptions,
  facts: DoctorFacts,
): Omit<DoctorReport, 'ready' | 'checks' | 'startedAt'> {
  const { policy, neededEngines, uid, arch, node } = facts;
  const used = neededEngines.find((name) => facts[name].engine.found) ?? null;
  return {
    schema: 1,
    policy: { name: policy.name, sha256: policy.sha256 },
    engine: { wanted: engine, used },
    host: { kernel: release(), arch, uid, node },
  };
}
