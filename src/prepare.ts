/** From a request to the plans of a run: everything that can be decided before a place is free. */
import { chooseEngine, type EngineName } from '#engines/choose.ts';
import type { Engine } from '#engines/engine.ts';
import { WarderError } from '#error/warder-error.ts';
import { describeEngine } from '#host/engines.ts';
import type { EngineFacts, HostFacts } from '#host/types.ts';
import { findLanguage, LANGUAGES } from '#languages/registry.ts';
import type { CompileStep, Language } from '#languages/types.ts';
import type { LaunchSpec, ProgramFile } from '#launch/types.ts';
import { type Logger, silentLogger } from '#log/logger.ts';
import { compilePolicy } from '#plan/compile-policy.ts';
import { planJail } from '#plan/jail-plan.ts';
import { planCompile, planProgram } from '#plan/program-plan.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { JailPlan, ProgramPlan } from '#plan/types.ts';
import type { LoadedPolicy } from '#policy/assemble.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { isPath } from '#policy/reference.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import type { PolicyOverrides } from '#policy/schema.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import type { Widening } from '#policy/widening.ts';
import { CONTROLS, type Control, type Weakening } from '#result/control.ts';
import type { TreeFinder } from '#rootfs/finder.ts';
import { resolveRootfs } from '#rootfs/resolve.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import type { BuiltFilter } from '#seccomp/build-filter.ts';
import { outerFilter } from '#seccomp/outer.ts';
import { FilterCache } from './filter-cache.ts';
import { hostTree } from './runtime.ts';

export interface PrepareOptions {
  readonly defaultPolicy: string;
  /** What else a request may name; null for every shipped policy. */
  readonly policies: readonly string[] | null;
  readonly defaultEngine: 'auto' | 'bubblewrap' | 'nsjail';
  /** Policy fields of the command line (`--set`), above the request's limits. */
  readonly overrides?: PolicyOverrides;
  readonly allowWiden?: boolean;
}

/** One sandbox and what is to run in it. */
export interface PreparedPhase {
  readonly policy: ResolvedPolicy;
  readonly jail: JailPlan;
  readonly program: ProgramPlan;
  readonly engine: Engine;
  readonly launch: LaunchSpec;
  readonly filter: BuiltFilter;
}

export interface Prepared extends PreparedPhase {
  readonly language: Language | null;
  /** What comes first; `program` is a draft then, without what the compiler makes. null where nothing is compiled. */
  readonly compile: PreparedCompile | null;
}

export interface PreparedCompile extends PreparedPhase {
  readonly language: Language;
  readonly step: CompileStep;
  /** Absolute path inside. */
  readonly compiler: string;
  /** The run phase, with what was compiled. @throws WarderError REQUEST_INVALID where it does not fit */
  readonly planRun: (outputs: readonly ProgramFile[]) => ProgramPlan;
}

/** Everything of a PreparedPhase that the program has no part in. */
interface PreparedJail extends Omit<PreparedPhase, 'program'> {
  readonly rootfs: ResolvedRootfs;
}

/** What a jail is decided from, besides the policy and the host. */
interface JailWish {
  readonly languageId: string | undefined;
  /** Without a language, what is to be executed: `rootfs: auto` goes by one of the two. */
  readonly command: string | undefined;
  readonly overrides: PolicyOverrides;
  readonly allowWiden: boolean | undefined;
  readonly engine: 'auto' | EngineName;
  readonly phase: 'compile' | 'run';
}

type Resolution = ReturnType<typeof resolvePolicy>;

/** Requests choose limits freely, so what is kept of them has to be bounded. */
const MAX_JAILS = 256;

function remember<T>(known: Map<string, T>, key: string, value: T): T {
  if (known.size >= MAX_JAILS) known.clear();
  known.set(key, value);
  return value;
}

/** Loaded policies of one instance: a run uses the snapshot of the first load. */
export class Preparer {
  #facts: HostFacts;
  readonly #logger: Logger;
  readonly #policies = new Map<string, Promise<LoadedPolicy>>();
  readonly #filters = new FilterCache();
  readonly #described = new Map<EngineName, Promise<EngineFacts>>();
  readonly #resolved = new Map<string, Resolution>();
  readonly #jails = new Map<string, PreparedJail>();
  readonly #trees: TreeFinder | null;
  #handedOn: Promise<unknown> = Promise.resolve();
  readonly #languages: readonly Language[];

  /** @param trees null where no built root file system is to be looked for */
  constructor(
    facts: HostFacts,
    logger: Logger = silentLogger(),
    trees: TreeFinder | null = null,
    languages: readonly Language[] = LANGUAGES,
  ) {
    this.#languages = languages;
    this.#facts = facts;
    this.#logger = logger;
    this.#trees = trees;
  }

  /**
   * Requests are prepared at the same time and handed on in the order in which they came, since the waiting line is fair
   * to whoever enters it first.
   * @throws WarderError POLICY_*, REQUEST_*, SECCOMP_INVALID, HOST_*
   */
  async prepare(request: RunRequest, options: PrepareOptions): Promise<Prepared> {
    const work = this.#prepare(request, options);
    // Nothing is handed on but the turn: the outcomes would pile up.
    this.#handedOn = Promise.allSettled([this.#handedOn, work]).then(() => undefined);
    await this.#handedOn;
    return work;
  }

  async #prepare(request: RunRequest, options: PrepareOptions): Promise<Prepared> {
    const language = request.language === undefined ? null : findLanguage(request.language, this.#languages);
    const wanted = request.policy ?? options.defaultPolicy;
    requireNameable(typeof wanted === 'string' ? wanted : wanted.name, options);
    const loaded = await this.#load(wanted);
    const wish: JailWish = {
      languageId: language?.id,
      command: language === null ? request.argv?.[0] : undefined,
      overrides: requestOverrides(request, options.overrides),
      allowWiden: options.allowWiden,
      engine: request.engine ?? options.defaultEngine,
      phase: 'run',
    };
    const { rootfs, ...jail } = await this.#jail(loaded, wish);
    const input = { ...this.#programInput(jail, rootfs), request, language };
    const planRun = (outputs: readonly ProgramFile[]) => planProgram({ ...input, outputs });
    const program = planRun([]);
    const compile = language?.compile
      ? await this.#compile(loaded, wish, { request, language, step: language.compile, planRun })
      : null;
    return { ...jail, language, program, compile };
  }

  async #compile(loaded: LoadedPolicy, wish: JailWish, more: CompileWish): Promise<PreparedCompile> {
    const { request, ...kept } = more;
    const { language, step } = kept;
    const { rootfs, ...jail } = await this.#jail(loaded, { ...wish, phase: 'compile' });
    const program = planCompile(step, { ...this.#programInput(jail, rootfs), request, language });
    return { ...jail, ...kept, program, compiler: program.spec.argv[0] ?? '' };
  }

  #programInput({ policy, jail, filter }: Omit<PreparedJail, 'rootfs'>, rootfs: ResolvedRootfs) {
    return {
      policy,
      rootfs,
      landlockAbi: this.#facts.landlockAbi,
      controls: jail.controls,
      filter: { program: filter.program, notify: filter.needsListener },
    };
  }

  /** The empty jail does not depend on the program, so requests that differ only in that share one. */
  async #jail(loaded: LoadedPolicy, wish: JailWish): Promise<PreparedJail> {
    const { engine: wanted, command, phase, ...resolution } = wish;
    const base = JSON.stringify([loaded.sha256, loaded.name, wanted, resolution]);
    const { policy: whole, widened } = this.#resolve(base, loaded, resolution);
    const policy = phase === 'compile' ? compilePolicy(whole) : whole;
    const asked = policy.filesystem.rootfs;
    // Looked up every time: a tree may have been built, replaced or removed since.
    const built = await this.#trees?.find(asked, { language: wish.languageId, command });
    const key = `${base} ${built?.sha256} ${phase}`;
    const known = this.#jails.get(key);
    if (known) return known;
    const rootfs = resolveRootfs(asked, hostTree(this.#facts), built);
    const engine = await this.#engine(wanted, { policy, rootfs });
    const host = this.#facts;
    const weakenings = widened.flatMap(toWeakening);
    const jail = planJail({ policy, host, rootfs, engine: engine.capabilities, widened: weakenings });
    const filter = await this.#filters.find({
      loaded,
      policy,
      languageId: wish.languageId,
      nodeArch: host.arch,
    });
    const prepared = {
      policy,
      rootfs,
      jail,
      engine,
      launch: engine.render(jail, outerFilter(filter.model, policy.network.mode)),
      filter,
    };
    return remember(this.#jails, key, prepared);
  }

  #resolve(key: string, loaded: LoadedPolicy, wish: Parameters<typeof resolvePolicy>[1]): Resolution {
    return this.#resolved.get(key) ?? remember(this.#resolved, key, resolvePolicy(loaded, wish));
  }

  /** A launcher that was only located is asked what it can do when it is about to be used, once per instance. */
  async #engine(
    wanted: 'auto' | EngineName,
    { policy, rootfs }: { readonly policy: ResolvedPolicy; readonly rootfs: ResolvedRootfs },
  ): Promise<Engine> {
    for (;;) {
      const host = this.#facts;
      const { engine, candidates } = chooseEngine(wanted, { policy, host, rootfs });
      const { name } = engine.capabilities;
      const facts = host.engines[name];
      if (!facts.found || facts.options !== null) {
        this.#logger.debug({ event: 'engine', wanted, chosen: name, candidates }, 'chose an engine');
        return engine;
      }
      const described = await this.#describe(name, facts);
      this.#facts = { ...this.#facts, engines: { ...this.#facts.engines, [name]: described } };
    }
  }

  /** Once for all that wait for it, so that requests go on in the order in which they came. */
  #describe(name: EngineName, facts: Parameters<typeof describeEngine>[0]): Promise<EngineFacts> {
    const known = this.#described.get(name) ?? describeEngine(facts);
    this.#described.set(name, known);
    known.catch(() => this.#described.delete(name));
    return known;
  }

  async #load(
    wanted: string | { readonly name: string; readonly sha256?: string | undefined },
  ): Promise<LoadedPolicy> {
    const { name, sha256 } = typeof wanted === 'string' ? { name: wanted, sha256: undefined } : wanted;
    const loading = this.#policies.get(name) ?? loadPolicyFile(name);
    this.#policies.set(name, loading);
    const loaded = await loading.catch((error: unknown) => {
      this.#policies.delete(name);
      throw error;
    });
    // The snapshot stays: a request that expects another one does not decide what the others run under.
    requireDigest(loaded, name, sha256);
    return loaded;
  }
}

/** What a compile phase is decided from, besides its jail. */
interface CompileWish extends Pick<PreparedCompile, 'language' | 'step' | 'planRun'> {
  readonly request: RunRequest;
}

/** A file is the operator's to name: errors about it would show its lines to whoever sent the request. */
function requireNameable(name: string, { defaultPolicy, policies }: PrepareOptions): void {
  if (name === defaultPolicy || (policies?.includes(name) ?? !isPath(name))) return;
  throw new WarderError('REQUEST_INVALID', `a request may not name the policy \`${name}\` here`, {
    details: {
      issues: [{ path: 'policy', message: `\`${name}\` is not among the policies that requests may name` }],
    },
    hint: 'Whoever runs warder lists it: createWarder({ policies: […] })',
  });
}

function requireDigest(loaded: LoadedPolicy, name: string, expected: string | undefined): void {
  if (expected === undefined || expected === loaded.sha256) return;
  throw new WarderError('POLICY_DIGEST_MISMATCH', `the policy \`${name}\` is not the expected one`, {
    details: { name, expected, actual: loaded.sha256 },
    hint: 'It was changed since the request was made; look at it: warder policy show',
  });
}

function requestOverrides(request: RunRequest, more: PolicyOverrides | undefined): PolicyOverrides {
  const { limits, rootfs } = request;
  return {
    ...more,
    ...(limits || more?.limits ? { limits: { ...limits, ...more?.limits } } : {}),
    ...(rootfs === undefined ? {} : { filesystem: { ...more?.filesystem, rootfs } }),
  } as PolicyOverrides;
}

/** `limits.memory` → memory, `filesystem.mounts` → mounts, `network.mode` → network: the control's own name. */
function toWeakening({ path, why }: Widening): Weakening[] {
  const parts = path.split('.').reverse();
  const id = parts.find((part): part is Control => (CONTROLS as readonly string[]).includes(part));
  // `allowDegraded` itself weakens nothing: what it lets pass is in the table with its own name.
  return id ? [{ id, why }] : [];
}
