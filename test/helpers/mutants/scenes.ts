/**
 * Where the suite attacks something else than the run phase of this host: nothing of the suite knows about it, so the
 * session is changed in place.
 */
import type { Session } from '#escape/session.ts';
import type { HostFacts } from '#host/types.ts';
import type { Prepared } from '#internal.ts';
import type { Language } from '#languages/types.ts';
import { silentLogger } from '#log/logger.ts';
import type { RunRequest } from '#plan/request-schema.ts';
import type { PolicyOverrides } from '#policy/schema.ts';
import { Preparer } from '#prepare.ts';

type Warder = Session['warder'];

/** What is readonly for everybody else. */
interface Open {
  preparer: Warder['context']['preparer'];
  probes: Pick<Warder['context']['probes'], 'require'>;
}

export type Scene = (session: Session) => void;

/** A host that delegates no group: what a policy accepts then stands in (docs/cgroups.md). */
export const withoutGroups: Scene = ({ warder }) => {
  const runtime = warder.runtime as { -readonly [K in keyof Warder['runtime']]: Warder['runtime'][K] };
  const unusable = { driver: 'nothing is delegated' };
  const cgroup = { driver: 'none', controllers: [], swapLimit: false, unusable } as const;
  runtime.facts = { ...runtime.facts, cgroup };
  runtime.driver = null;
  open(warder).preparer = preparerFor(runtime.facts, []);
};

/** Its compiler is whatever the suite puts in the place of `sh`; it makes nothing, so that no run follows. */
const PROBED: Language = {
  id: 'probed',
  name: 'Probed',
  aliases: [],
  extensions: ['probed'],
  interpreters: [],
  baseline: { memoryBytes: 0, pids: 1 },
  compile: {
    compilers: ['sh'],
    baseline: { memoryBytes: 0, pids: 1 },
    argv: ({ compiler }) => [compiler, '-c', 'exit 0'],
    outputs: ['.compiled/nothing'],
    executable: false,
  },
  runArgv: ({ interpreter }) => [interpreter],
  versionArgs: [],
  hello: '',
};

/** Every run of the suite is the compile phase of a request: its plan is what is attacked, and what removals are taken from. */
export const compilePhase: Scene = ({ warder }) => {
  const { facts } = warder.runtime;
  // The host is asked for the tools of languages only.
  const commands = { ...facts.hostRootfs.commands, sh: '/usr/bin/sh' };
  const hostRootfs = { ...facts.hostRootfs, commands };
  open(warder).preparer = preparerFor({ ...facts, hostRootfs }, [PROBED]);
  // Whether a language works here is no question for one that does not exist.
  open(warder).probes = { require: () => Promise.resolve() };
  const prepare = warder.prepare.bind(warder);
  const execute = warder.execute.bind(warder);
  warder.prepare = async (request, options) => {
    const prepared = await prepare(toSource(request as RunRequest), options);
    return compileOf(prepared);
  };
  warder.execute = async (request, { transform = {}, ...extras }) => {
    const { limits } = request as RunRequest;
    const overrides = limits ? { overrides: { compile: { limits } } as PolicyOverrides } : {};
    const options = { ...extras, ...overrides, transform: { compile: transform } };
    const result = await execute(toSource(request as RunRequest), options);
    // A compiler that leaves nothing to run is not `ok`, however well it ended.
    const { outcome } = result;
    return { ...result, ok: outcome.kind === 'exited' && outcome.exitCode === 0 };
  };
};

function open({ context }: Warder): Open {
  return context;
}

function preparerFor(facts: HostFacts, languages: readonly Language[]): Preparer {
  return new Preparer(facts, silentLogger(), null, languages);
}

/** What a request can only say of the run. */
const OF_THE_RUN = ['argv', 'args', 'limits', 'artifacts', 'env', 'cwd', 'stdin'];

function toSource(request: RunRequest): RunRequest {
  const kept = Object.entries(request).filter(([key]) => !OF_THE_RUN.includes(key));
  const source = request.files ? {} : { code: 'nothing' };
  return { ...(Object.fromEntries(kept) as RunRequest), ...source, language: PROBED.id };
}

/** As if it were all. @throws RangeError where there is no compile phase */
function compileOf(prepared: Prepared): Prepared {
  if (prepared.compile === null) throw new RangeError('nothing is compiled');
  return { ...prepared, ...prepared.compile, compile: null };
}
