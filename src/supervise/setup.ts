import type { CgroupDriver, Leaf, LeafMeter } from '#cgroup/driver.ts';
import type { CgroupUsage } from '#cgroup/types.ts';
import type { Engine } from '#engines/engine.ts';
import { isWarderError, WarderError } from '#error/warder-error.ts';
import { type Jail, launchJail } from '#launch/jail.ts';
import type { NativeProgram } from '#launch/native.ts';
import { encodeFiles } from '#launch/protocol.ts';
import type { HostIds, LaunchSpec, ProgramSpec } from '#launch/types.ts';
import type { JailPlan } from '#plan/types.ts';
import { settlesWithin, withDeadline } from '#util/deadline.ts';

export interface SetupInput {
  readonly plan: JailPlan;
  readonly engine: Engine;
  readonly spec: LaunchSpec;
  readonly native: NativeProgram;
  readonly driver: CgroupDriver | null;
  /** Opaque: the program may see it. */
  readonly leafName: string;
  readonly ids: HostIds | null;
  /** Called when nothing of the run is left; never when that is in doubt, so that its uid is not used again. */
  readonly onGone: () => void;
  /** Any launch can hang; then this ends it. */
  readonly setupTimeoutMs: number;
  /** Aborting ends the set-up as well. */
  readonly signal: AbortSignal | undefined;
}

/** A sandbox in which init waits for its program. */
export interface ReadyJail {
  readonly jail: Jail;
  readonly leaf: Leaf | null;
  readonly meter: LeafMeter | null;
}

/** The state of the leaf with nothing but launcher and init in it. */
export interface Baseline {
  readonly usage: CgroupUsage | null;
  readonly peakReset: boolean;
}

/**
 * Leaf, launcher, init; what does not depend on each other happens at the same time, and the stub waits for the
 * leaf before it becomes the launcher. On any failure everything that was made is gone again.
 * @throws WarderError HOST_*, CGROUP_*, LAUNCH_*, ENGINE_SETUP_FAILED, ENGINE_SETUP_TIMEOUT
 */
export async function setUp(input: SetupInput): Promise<ReadyJail> {
  const leafMade = makeLeaf(input);
  const meterOpened = leafMade.then((leaf) => leaf?.openMeter() ?? null);
  const joinPaths = leafMade.then((leaf) => leaf?.joinPaths ?? []);
  for (const promise of [meterOpened, joinPaths]) promise.catch(() => {});
  let jail: Jail | undefined;
  const giveUp = () => jail?.kill();
  input.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    const { native, spec, ids, setupTimeoutMs: timeoutMs } = input;
    const attach = async (pid: number): Promise<void> => (await leafMade)?.attach?.(pid);
    const onTimeout = () => tooSlow(input, '');
    jail = await launchJail({ native, spec, ids, joinPaths, attach, timeoutMs, onTimeout });
    const { channel, diagnostics } = jail;
    const ended = jail.exited.then(() => Promise.reject(launcherEnded(input)));
    const ready = Promise.race([channel.expect('ready', () => launcherEnded(input)), ended]);
    await withDeadline(ready, timeoutMs, () => tooSlow(input, diagnostics()));
    return { jail, leaf: await leafMade, meter: await meterOpened };
  } catch (error) {
    const leaf = await leafMade.catch(() => null);
    const meter = await meterOpened.catch(() => null);
    // Explaining must not stand in the way of tearing down.
    const explained = await explain(error, input, jail, meter).catch((bug: unknown) => bug);
    await tearDown(input, { jail, leaf, meter });
    throw explained;
  } finally {
    input.signal?.removeEventListener('abort', giveUp);
  }
}

async function makeLeaf({ driver, plan, leafName }: SetupInput): Promise<Leaf | null> {
  return driver && plan.cgroup ? driver.createLeaf(leafName, plan.cgroup) : null;
}

function tooSlow({ plan, setupTimeoutMs }: SetupInput, diagnostics: string): WarderError {
  const said = diagnostics && `: ${diagnostics}`;
  return new WarderError(
    'ENGINE_SETUP_TIMEOUT',
    `the sandbox was not ready within ${setupTimeoutMs} ms${said}`,
    {
      details: { engine: plan.engine.name, timeoutMs: setupTimeoutMs, diagnostics },
      hint: 'The host may be overloaded, or the launcher hangs; lower the concurrency or raise setupTimeoutMs',
    },
  );
}

/** Replaced by what the launcher said, once it has been reaped. */
function launcherEnded({ plan }: SetupInput): WarderError {
  return new WarderError('ENGINE_SETUP_FAILED', 'the launcher ended before the sandbox was ready', {
    details: { engine: plan.engine.name, diagnostics: '', exitCode: null, signal: null },
  });
}

/** How long to read what a launcher that has ended left in its pipe; somebody who inherited it may hold it open. */
const LAST_WORDS_MS = 200;

async function explain(
  error: unknown,
  { plan, engine }: SetupInput,
  jail: Jail | undefined,
  meter: LeafMeter | null,
): Promise<unknown> {
  if (!jail || !isWarderError(error) || error.code !== 'ENGINE_SETUP_FAILED') return error;
  const { exitCode, signal } = await jail.exited;
  // The exit is heard of before the last words are read, when the event loop is busy.
  await settlesWithin(jail.silent, LAST_WORDS_MS);
  const diagnostics = jail.diagnostics();
  const details = { engine: plan.engine.name, diagnostics, exitCode, signal };
  const events = await meter?.events().catch(() => null);
  if (events && events.oomKill > 0) {
    return new WarderError('ENGINE_SETUP_FAILED', 'the memory limit is too small for the sandbox itself', {
      details,
      hint: 'Allow a few MiB more: the launcher sets the sandbox up inside the limit',
    });
  }
  const known = engine.diagnose(diagnostics);
  if (!known) {
    const how = signal ? `killed by ${signal}` : `exit code ${exitCode}`;
    const message = `${plan.engine.name} failed to set the sandbox up (${how}): ${diagnostics || 'it said nothing'}`;
    return new WarderError('ENGINE_SETUP_FAILED', message, { details });
  }
  const message = `${plan.engine.name} failed to set the sandbox up: ${known.why}`;
  if (known.code === 'HOST_USERNS_DENIED' || known.code === 'HOST_PATH_UNREACHABLE') {
    return new WarderError(known.code, message, { details: { why: known.why }, hint: known.hint });
  }
  if (known.code === 'HOST_RESOURCE_EXHAUSTED') {
    return new WarderError(known.code, message, {
      details: { what: 'launcher', errno: known.why },
      hint: known.hint,
    });
  }
  return new WarderError(known.code, message, { details, hint: known.hint });
}

/** Hands the program's files to init, and takes the leaf's figures before the program adds to them. */
export async function prepare(
  input: SetupInput,
  { jail, meter }: ReadyJail,
  program: ProgramSpec,
): Promise<Baseline> {
  const giveUp = () => jail.channel.close();
  input.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    const work = Promise.all([readBaseline(meter), sendFiles(jail, program)]);
    const [baseline] = await withDeadline(work, input.setupTimeoutMs, () =>
      tooSlow(input, 'its files were not taken'),
    );
    return baseline;
  } finally {
    input.signal?.removeEventListener('abort', giveUp);
  }
}

async function readBaseline(meter: LeafMeter | null): Promise<Baseline> {
  if (!meter) return { usage: null, peakReset: false };
  const [peakReset, usage] = await Promise.all([meter.resetPeak(), meter.usage()]);
  return { usage, peakReset };
}

async function sendFiles({ channel }: Jail, program: ProgramSpec): Promise<void> {
  for (const frame of encodeFiles(program)) {
    if (channel.isClosed()) return; // whoever waits for an answer hears of it
    await channel.send(frame);
  }
}

/** How long a killed process may take to go; longer only in uninterruptible sleep, which nobody can end. */
const KILLED_MS = 5000;

/** @throws WarderError ENGINE_STUCK */
export async function requireExit(jail: Jail, { engine }: JailPlan): Promise<void> {
  if (await settlesWithin(jail.exited, KILLED_MS)) return;
  throw new WarderError('ENGINE_STUCK', `${engine.name} (pid ${jail.pid}) was killed and did not go away`, {
    details: { engine: engine.name, pid: jail.pid },
    hint: 'It hangs in the kernel; look at /proc/<pid>/stack and the system log',
  });
}

/** What may have been made of a sandbox when it ends. */
export interface Remains {
  readonly jail: Jail | undefined;
  readonly leaf: Leaf | null;
  readonly meter: LeafMeter | null;
}

/**
 * Every way out ends here: nothing of the sandbox lives on, no descriptor stays open, the leaf is gone. Each step
 * is tried whatever became of the one before; the first error survives.
 */
export async function tearDown({ plan, onGone }: SetupInput, { jail, leaf, meter }: Remains): Promise<void> {
  const [ended] = await Promise.allSettled([jail ? endJail(jail, leaf, plan) : undefined]);
  const rest = await Promise.allSettled([meter?.close(), leaf?.remove()]);
  for (const result of [ended, ...rest]) if (result.status === 'rejected') throw result.reason;
  onGone();
}

async function endJail(jail: Jail, leaf: Leaf | null, plan: JailPlan): Promise<void> {
  jail.channel.close();
  for (const stream of Object.values(jail.streams)) stream.destroy();
  if (jail.hasExited()) return;
  jail.kill();
  await leaf?.kill().catch(() => {}); // remove() tries again, and reports
  await requireExit(jail, plan);
}
