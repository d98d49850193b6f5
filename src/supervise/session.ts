/**
 * One program in one ready jail: started by a message, watched until every process of it is gone.
 *
 * Three things can end it early, each recorded before anything is killed: our own limits, the kernel's (seen in the leaf
 * or told by init), the caller. Killing has three steps, each with its own deadline, because none can be relied on alone:
 * init kills everything it can see; the leaf is killed; the launcher is killed and the pid namespace goes with it.
 */
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import type { CgroupDriver } from '#cgroup/driver.ts';
import { errnoOf, isWarderError, WarderError } from '#error/warder-error.ts';
import { stepError } from '#launch/channel.ts';
import { encodeHold } from '#launch/export-protocol.ts';
import {
  encodeKill,
  encodeStart,
  type NativeMessage,
  type ProgramExit,
  type ProgramTotals,
} from '#launch/protocol.ts';
import type { LauncherExit } from '#launch/stub.ts';
import type { JailPlan, ProgramPlan } from '#plan/types.ts';
import { EXPORT_LOST, type Exported, NOTHING_EXPORTED } from '#result/artifact.ts';
import type { Evidence } from '#result/run-result.ts';
import { settlesWithin } from '#util/deadline.ts';
import { errnoName } from '#util/errno.ts';
import { exportFiles } from './export.ts';
import { CauseRecorder } from './first-cause.ts';
import { type LiveListeners, showProgram } from './live-program.ts';
import { collectOutput, type Output } from './output.ts';
import { sampleTree, type TreeSampler } from './sample.ts';
import { type InitReport, readFinal, type SessionReport } from './session-report.ts';
import { type Baseline, type ReadyJail, requireExit } from './setup.ts';
import { pumpStdin, type StdinSource } from './stdin.ts';
import { type LeafWatch, watchLeaf } from './watch.ts';

/** How long init may take to kill and reap, from the order or the main process's end, before the leaf is killed. */
const INIT_KILL_MS = 400;
/** How long the launcher may take to go away after that before it is killed. */
const LAUNCHER_EXIT_MS = 1000;
/** How long output may be in the pipes after everything is dead. */
const OUTPUT_DRAIN_MS = 1000;
/** Node's timers take 31 bits; a longer wall limit is init's alone. */
const TIMER_MAX_MS = 2 ** 31 - 1;

export interface SessionInput extends LiveListeners {
  readonly ready: ReadyJail;
  readonly baseline: Baseline;
  readonly plan: JailPlan;
  readonly program: ProgramPlan;
  readonly stdin: StdinSource;
  readonly signal: AbortSignal | undefined;
  readonly sinks: { readonly stdout?: Writable; readonly stderr?: Writable };
  /** Whether output is kept for the result. */
  readonly keep: boolean;
  readonly driver: CgroupDriver | null;
  /** How long init may take from the order to the program's first instruction. */
  readonly startTimeoutMs: number;
}

/** @throws WarderError LAUNCH_STEP_FAILED, ENGINE_PROTOCOL, ENGINE_INIT_DIED, ENGINE_LAUNCHER_DIED */
export async function runSession(input: SessionInput): Promise<SessionReport> {
  const session = new Session(input);
  try {
    return await session.run();
  } finally {
    await session.stop();
  }
}

class Session {
  readonly #input: SessionInput;
  readonly #causes: CauseRecorder;
  readonly #cleanups: (() => unknown)[] = [];
  readonly #finished: Promise<void>;
  #finish: () => void = () => {};
  #exit: ProgramExit | null = null;
  #totals: ProgramTotals | null = null;
  #execFailed: Evidence['execFailed'] = null;
  #denied: Evidence['denied'] = null;
  #deadlineBy: Evidence['deadlineBy'] = null;
  #failure: WarderError | null = null;
  #startedAt = 0;
  #watch: LeafWatch | undefined;
  #sampler: TreeSampler | undefined;

  constructor(input: SessionInput) {
    this.#input = input;
    this.#causes = new CauseRecorder(() => void this.#kill());
    this.#finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async run(): Promise<SessionReport> {
    const { ready, program, stdin, signal } = this.#input;
    const { jail, meter } = ready;
    const stdout = this.#collect('stdout');
    const stderr = this.#collect('stderr');
    this.#cleanups.push(jail.channel.listen((message) => this.#on(message)));
    this.#cancelOn(signal);
    this.#limitStart();
    if (program.supervision.artifacts) await jail.channel.send(encodeHold());
    await jail.channel.send(encodeStart(program.spec));
    const pump = pumpStdin(jail.streams.stdin, stdin, (error) => this.#onStdinFailure(error));
    this.#cleanups.push(pump.stop);
    if (!meter) this.#sampler = sampleTree(jail.pid);
    this.#cleanups.push(() => this.#sampler?.stop());
    const channelFailure = await Promise.race([this.#finished, jail.channel.closed]);
    pump.stop();
    // After `done` nothing adds to the figures. Awaited below; an error that nobody hears of would end the supervisor.
    const early = this.#totals ? readFinal(ready) : null;
    early?.catch(() => {});
    const exported = await this.#export(early);
    const launcher = await this.#awaitLauncher();
    const endedAt = performance.now();
    const final = await (early ?? readFinal(ready));
    this.#sampler?.stop();
    const sampledMemoryBytes = this.#sampler?.peakBytes() ?? null;
    await this.#awaitOutput([stdout, stderr]);
    if (isWarderError(channelFailure)) throw channelFailure;
    if (this.#failure) throw this.#failure;
    const sampledGroupBytes = this.#watch?.memoryPeakBytes() ?? null;
    const figures = { sampledMemoryBytes, sampledGroupBytes, endedAt, final, exported };
    return this.#report(launcher, { stdout, stderr, ...figures });
  }

  /** After the figures have been read: what the exporter uses is not the program's. */
  async #export(figures: Promise<unknown> | null): Promise<Exported> {
    const plan = this.#input.program.supervision.artifacts;
    if (!plan) return NOTHING_EXPORTED;
    const isUnwanted = () => this.#causes.first === 'canceled' || this.#failure !== null;
    const hasRun = this.#startedAt !== 0 && this.#execFailed === null;
    if (!figures) return hasRun && !isUnwanted() ? EXPORT_LOST : NOTHING_EXPORTED;
    await Promise.all([figures, this.#watch?.stop()]);
    return exportFiles({ ...this.#input, plan, unwanted: isUnwanted() });
  }

  /** Always, in reverse order. */
  async stop(): Promise<void> {
    for (const cleanup of this.#cleanups.reverse()) await cleanup();
  }

  #collect(name: 'stdout' | 'stderr'): Output {
    const { ready, program, sinks, keep } = this.#input;
    const { sizeBytes, onExceed } = program.supervision[name];
    const sink = sinks[name];
    return collectOutput(ready.jail.streams[name], {
      sizeBytes,
      keep,
      onExceed: () => {
        if (onExceed === 'kill') this.#causes.record(name);
      },
      ...(sink ? { sink } : {}),
    });
  }

  /** An exec can hang like any other step, and no other deadline runs before it has succeeded. */
  #limitStart(): void {
    const { startTimeoutMs } = this.#input;
    const timer = setTimeout(() => {
      if (this.#startedAt !== 0) return;
      this.#failure ??= stepError({ step: 'exec', index: 0, errno: constants.errno.ETIMEDOUT });
      void this.#kill();
    }, startTimeoutMs);
    this.#cleanups.push(() => clearTimeout(timer));
  }

  #cancelOn(signal: AbortSignal | undefined): void {
    if (!signal) return;
    // A program that has ended by itself is not cancelled any more.
    const cancel = () => {
      if (!this.#exit) this.#causes.record('canceled');
    };
    if (signal.aborted) cancel();
    signal.addEventListener('abort', cancel, { once: true });
    this.#cleanups.push(() => signal.removeEventListener('abort', cancel));
  }

  #on(message: NativeMessage): void {
    switch (message.kind) {
      case 'started':
        this.#onStarted();
        break;
      case 'execFailed':
        this.#startedAt = performance.now();
        this.#execFailed = { step: message.step, index: message.index, errno: errnoName(message.errno) };
        break;
      case 'exited':
        this.#exit = message.exit;
        void this.#escalate();
        break;
      case 'denied':
        this.#denied = { nr: message.nr, auditArch: message.auditArch };
        this.#causes.record('denied');
        break;
      case 'deadline':
        if (this.#causes.first === null) this.#deadlineBy = 'init';
        this.#causes.record('wall');
        break;
      case 'done':
        this.#totals = message.totals;
        this.#finish();
        break;
      case 'failed':
        this.#failure = stepError(message);
        break;
      default:
        break; // those of the time before, where nothing is to do if they come late; the exporter's are for export.ts
    }
  }

  #onStarted(): void {
    this.#startedAt = performance.now();
    const { ready, baseline, program } = this.#input;
    const { wallMs, cpuTimeMs } = program.supervision;
    if (wallMs !== null && wallMs <= TIMER_MAX_MS) {
      const timer = setTimeout(() => this.#onDeadline(), wallMs);
      this.#cleanups.push(() => clearTimeout(timer));
    }
    const hasEnded = () => this.#exit !== null;
    const sampled = () => this.#sampler?.last() ?? null;
    this.#cleanups.push(showProgram(this.#input, { hasEnded, sampled }));
    if (!ready.meter) return;
    const baselineCpuUs = baseline.usage?.cpuTotalUs ?? 0;
    this.#watch = watchLeaf({ meter: ready.meter, causes: this.#causes, cpuTimeMs, baselineCpuUs });
    this.#cleanups.push(this.#watch.stop);
  }

  #onStdinFailure(error: Error): void {
    if (this.#exit) return;
    const why = errnoOf(error);
    this.#failure ??= new WarderError('REQUEST_STDIN_FAILED', `the program's stdin failed: ${why}`, {
      details: { why },
      cause: error,
    });
    void this.#kill();
  }

  #onDeadline(): void {
    // The main process has ended already; what is left is init reaping.
    if (this.#exit) return;
    if (this.#causes.first === null) this.#deadlineBy = 'supervisor';
    this.#causes.record('wall');
  }

  async #kill(): Promise<void> {
    // init shares the program's CPU quota, and has to get through its killing and reaping now.
    void this.#input.ready.leaf?.unthrottle();
    // The program must not be able to hold up the order by filling anything: the channel is init's alone.
    void this.#input.ready.jail.channel.send(encodeKill());
    await this.#escalate();
  }

  async #escalate(): Promise<void> {
    const { jail, leaf } = this.#input.ready;
    if (await settlesWithin(Promise.race([this.#finished, jail.channel.closed]), INIT_KILL_MS)) return;
    await leaf?.kill().catch(() => {});
    jail.kill();
  }

  async #awaitLauncher(): Promise<LauncherExit> {
    const { jail, leaf } = this.#input.ready;
    if (!(await settlesWithin(jail.exited, LAUNCHER_EXIT_MS))) {
      jail.kill();
      await leaf?.kill();
      await requireExit(jail, this.#input.plan);
    }
    return jail.exited;
  }

  /** Every writer is dead, so end of file is near; a slow sink must not hold it up. */
  async #awaitOutput(outputs: readonly Output[]): Promise<void> {
    const { streams } = this.#input.ready.jail;
    for (const output of outputs) output.drain();
    const ended = Promise.all(outputs.map((output) => output.ended));
    if (await settlesWithin(ended, OUTPUT_DRAIN_MS)) return;
    streams.stdout.destroy();
    streams.stderr.destroy();
  }

  #report(
    launcher: LauncherExit,
    rest: Omit<SessionReport, keyof InitReport | 'launcher' | 'startedAt'>,
  ): SessionReport {
    return {
      exit: this.#exit,
      totals: this.#totals,
      execFailed: this.#execFailed,
      denied: this.#denied,
      firstCause: this.#causes.first,
      deadlineBy: this.#deadlineBy,
      launcher,
      startedAt: this.#startedAt,
      ...rest,
    };
  }
}
