import { Readable } from 'node:stream';
import { WarderError } from '#error/warder-error.ts';
import { LANGUAGES, toolNames } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { silentLogger } from '#log/logger.ts';
import { parseRunRequest, type RunRequest } from '#plan/request-schema.ts';
import type { LiveUsage } from '#result/live-usage.ts';
import type { RunResult } from '#result/run-result.ts';
import { RunQueue } from '#supervise/queue.ts';
import { type Child, type SpawnOptions, spawnChild } from './child.ts';
import { openCompileCache } from './compile-store.ts';
import { followSignal } from './follow-signal.ts';
import type { LanguageCheck } from './language-check.ts';
import { LanguageFindings } from './language-findings.ts';
import { LanguageProbes } from './language-probe.ts';
import { type SurveyedLanguage, surveyLanguages } from './language-survey.ts';
import { languageTester } from './language-tester.ts';
import { parseOptions, type WarderOptions } from './options-schema.ts';
import { type PrepareOptions, Preparer } from './prepare.ts';
import { openTreeFinder } from './rootfs-store.ts';
import { executeRun, type RunContext, type RunExtras } from './run.ts';
import { type HostRuntime, openRuntime } from './runtime.ts';

/** A run as the library takes it: a RunRequest, with a way to cancel and a stream as stdin if wanted. */
export type RunOptions = Omit<RunRequest, 'stdin'> & {
  readonly stdin?: RunRequest['stdin'] | Readable;
  /** Aborting ends the sandbox; the result's outcome is `canceled`. */
  readonly signal?: AbortSignal;
  /** Called once a second with what the program has used so far, while it runs. What it throws is ignored. */
  readonly onUsage?: (usage: LiveUsage) => void;
};

export interface Warder {
  /**
   * Runs one program. Resolves with a RunResult whatever the program did.
   * @throws WarderError when the request, the policy, the host, a launcher or warder failed
   */
  run(options: RunOptions): Promise<RunResult>;
  /**
   * Starts one program and resolves when it runs, to be talked to meanwhile: see Child.
   * @throws WarderError as `run`, for what went wrong before the program started
   */
  spawn(argv: readonly string[], options?: Omit<SpawnOptions, 'argv'>): Promise<Child>;
  spawn(options: SpawnOptions): Promise<Child>;
  /**
   * Which languages run here: each one's first program is run in a sandbox under `strict`, or was and nothing changed
   * since. One that does not work has `why` and `hint`, and `run` refuses it while it fails (HOST_LANGUAGE_*).
   */
  languages(options?: { readonly refresh?: boolean }): Promise<readonly LanguageStatus[]>;
  /** Ends every run, waits until nothing of them is left, and gives back what was held of the host. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Probes the host, sweeps what a dead supervisor left, and is ready to run programs.
 * @throws WarderError REQUEST_INVALID for wrong options, HOST_* for what the host lacks
 */
export async function createWarder(options: WarderOptions = {}): Promise<Warder> {
  return openWarder(options, process.env);
}

/** As `createWarder`, with the environment and the languages as arguments and the inner door open. */
export async function openWarder(
  options: WarderOptions,
  env: NodeJS.ProcessEnv,
  languages: readonly Language[] = LANGUAGES,
): Promise<WarderInstance> {
  const { logger = silentLogger(), ...rest } = options;
  const settings = parseOptions(rest);
  const runtime = await openRuntime({ logger, env, cgroup: settings.cgroup, commands: toolNames(languages) });
  const { policy: defaultPolicy, engine: defaultEngine, policies } = settings;
  const base = {
    runtime,
    preparer: new Preparer(runtime.facts, logger, openTreeFinder(env), languages),
    logger,
    setupTimeoutMs: settings.setupTimeoutMs,
  };
  const findings = new LanguageFindings(env);
  const tester = languageTester(base, { engine: defaultEngine });
  const context: RunContext = {
    ...base,
    queue: new RunQueue(settings),
    probes: new LanguageProbes({ findings, tester }),
    cache: settings.compileCache ? openCompileCache(env, logger) : null,
  };
  return new WarderInstance(context, { defaultPolicy, defaultEngine, policies }, { languages, findings });
}

interface KnownLanguages {
  readonly languages: readonly Language[];
  readonly findings: LanguageFindings;
}

/** A language as `Warder.languages` tells of it. */
export interface LanguageStatus extends Omit<LanguageCheck, 'identity'> {
  readonly name: string;
}

export class WarderInstance implements Warder {
  readonly context: RunContext;
  readonly #defaults: PrepareOptions;
  readonly #running = new Map<AbortController, Promise<unknown>>();
  #closed: Promise<void> | undefined;

  readonly #known: KnownLanguages;

  constructor(context: RunContext, defaults: PrepareOptions, known: KnownLanguages) {
    this.context = context;
    this.#defaults = defaults;
    this.#known = known;
  }

  get runtime(): HostRuntime {
    return this.context.runtime;
  }

  run(options: RunOptions): Promise<RunResult> {
    // A caller without types may send anything; the schema says what is wrong with it.
    if (typeof options !== 'object' || options === null) return this.execute(options, {});
    const { signal, stdin, onUsage, ...request } = options;
    const stream = stdin instanceof Readable ? stdin : undefined;
    const plain = stdin === undefined || stdin instanceof Readable ? request : { ...request, stdin };
    return this.execute(plain, {
      ...(signal ? { signal } : {}),
      ...(stream ? { stdin: stream } : {}),
      ...(onUsage ? { onUsage } : {}),
    });
  }

  spawn(program: readonly string[] | SpawnOptions, options: Omit<SpawnOptions, 'argv'> = {}): Promise<Child> {
    const wish = isArgv(program) ? { ...options, argv: [...program] } : program;
    return spawnChild((request, extras) => this.execute(request, extras), wish);
  }

  /** The inner door: what surfaces need beyond `run`. */
  async execute(request: unknown, extras: Partial<RunExtras>): Promise<RunResult> {
    this.#requireOpen();
    const parsed = parseRunRequest(request);
    return this.#track(extras.signal, (signal) =>
      executeRun(this.context, parsed, { ...this.#defaults, ...extras, signal }),
    );
  }

  async languages({ refresh = false } = {}): Promise<readonly LanguageStatus[]> {
    const surveyed = await this.checkLanguages({ refresh });
    return surveyed.map(({ language: { name }, check: { identity: _, ...check } }) => ({ ...check, name }));
  }

  async checkLanguages({ refresh }: { readonly refresh: boolean }): Promise<readonly SurveyedLanguage[]> {
    this.#requireOpen();
    const { languages, findings } = this.#known;
    return this.#track(undefined, (signal) => {
      const tester = languageTester(this.context, { engine: this.#defaults.defaultEngine, signal });
      return surveyLanguages(languages, { tester, findings, refresh });
    });
  }

  #requireOpen(): void {
    if (this.#closed)
      throw new WarderError('SUPERVISE_CLOSED', 'this warder has been closed', { details: {} });
  }

  /** `close` aborts the signal and waits for the work. */
  async #track<T>(given: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { controller, letGo } = followSignal(given);
    const running = work(controller.signal);
    this.#running.set(controller, running);
    try {
      return await running;
    } finally {
      this.#running.delete(controller);
      letGo();
    }
  }

  prepare(request: unknown, options: Partial<PrepareOptions>) {
    return this.context.preparer.prepare(parseRunRequest(request), { ...this.#defaults, ...options });
  }

  close(): Promise<void> {
    this.#closed ??= this.#shutDown();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #shutDown(): Promise<void> {
    this.context.queue.close();
    for (const controller of this.#running.keys()) controller.abort();
    await Promise.allSettled(this.#running.values());
    await this.context.runtime.close();
  }
}

function isArgv(program: readonly string[] | SpawnOptions): program is readonly string[] {
  return Array.isArray(program);
}
