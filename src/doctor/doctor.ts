/**
 * `warder doctor`: looks at everything that runs depend on and ends with real ones. Probes stay in a private temporary
 * directory and change no setting; the cgroup that is made and removed to see whether it can be is the one that every
 * start of warder makes. "Ready" is about one policy: what it asks for and this host cannot give has failed.
 */
import { release } from 'node:os';
import { ENGINES, type EngineName } from '#engines/choose.ts';
import type { ErrorCode } from '#error/codes.ts';
import { WarderError } from '#error/warder-error.ts';
import type { WarderOptions } from '#options-schema.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import { withDeadline } from '#util/deadline.ts';
import { openWarder } from '#warder.ts';
import { judgeAll } from './checks.ts';
import { gatherFacts, type Opened } from './gather.ts';
import { judgeError, tryRuns } from './runs.ts';
import type { CheckResult, DoctorFacts, DoctorReport, Finding } from './types.ts';

export interface DoctorOptions {
  /** Name or file. */
  readonly policy: string;
  readonly engine: 'auto' | EngineName;
  readonly env: NodeJS.ProcessEnv;
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
    const asked = await judgePolicy(opened, policy);
    const runs = await proveByRuns(opened, facts, asked.code, onProgress);
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

/** What planning says, which is what refuses a run before it is started. */
async function judgePolicy(opened: Opened, policy: ResolvedPolicy): Promise<CheckResult> {
  const { state, found, code } = await findGaps(opened);
  return {
    ...{
      id: 'policy.controls',
      group: 'policy',
      title: `What the policy ${policy.name} asks for`,
      state,
      found,
    },
    why: 'A control that cannot be held ends a run before it starts, unless the policy lists it in allowDegraded',
    ...{ fix: null, code: code ?? null, ms: null },
  };
}

async function findGaps({ instance, error }: Opened): Promise<Finding> {
  if (instance === null) return judgeError(error);
  try {
    const { jail } = await instance.prepare({ argv: ['true'] }, {});
    const weak = jail.weakenings.map(({ id, why }) => `${id}: ${why}`);
    const held = `${jail.controls.length - weak.length} of ${jail.controls.length} controls are held`;
    return {
      state: 'ok',
      found: weak.length === 0 ? held : `${held}; let be by the policy: ${weak.join('; ')}`,
    };
  } catch (refusal) {
    return judgeError(refusal);
  }
}

async function proveByRuns(
  { instance, error }: Opened,
  facts: DoctorFacts,
  refusal: ErrorCode | null,
  onProgress: (what: string) => void,
): Promise<readonly CheckResult[]> {
  if (instance === null) return [notStarted(judgeError(error))];
  const engines = ENGINES.map(({ capabilities: { name } }) => ({
    name,
    found: facts[name].engine.found,
    needed: facts.neededEngines.includes(name),
  }));
  return tryRuns({ instance, engines, refusal, onProgress });
}

function notStarted({ state, found, code }: Finding): CheckResult {
  const title = 'warder itself can be started';
  const why = 'Nothing can be run without it';
  return {
    id: 'runs.start',
    group: 'runs',
    title,
    state,
    found,
    why,
    fix: null,
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
