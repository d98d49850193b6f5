/** From a command to the profile that it needs: traced on the host, compared with a profile that exists. */
import { WarderError } from '#error/warder-error.ts';
import { probeHostRootfs } from '#host/rootfs.ts';
import { OUTPUT_DIRECTORY, WORKSPACE } from '#languages/places.ts';
import { findLanguage, toolNames, toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { traceCommand } from '#launch/trace.ts';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { errnoName } from '#seccomp/errno.ts';
import type { Verdict } from '#seccomp/ir.ts';
import { type LearnedCalls, learnCalls, refusedCalls } from '#seccomp/learned.ts';
import { resolveProfile, type SeccompProfile } from '#seccomp/profile.ts';
import { parseTrace } from '#seccomp/strace.ts';

export interface LearnRequest {
  /** The profile that the result is a difference to: a shipped name or a path. */
  readonly base: string;
  readonly command:
    | { readonly kind: 'argv'; readonly argv: readonly string[] }
    /** The language's own sample program. */
    | { readonly kind: 'language'; readonly id: string };
}

export interface Learned extends LearnedCalls {
  readonly base: string;
  readonly argv: readonly string[];
  /** How often each call was made. */
  readonly counts: Readonly<Record<string, number>>;
  /** Of the traced command; null when a signal ended it. */
  readonly exitCode: number | null;
  /** What the base does not name is allowed by it, so a profile that only takes away would not be small. */
  readonly openBase: boolean;
  /** Processes of another ABI took part, whose calls no filter of ours allows. */
  readonly foreignAbi: boolean;
}

/** What the sandbox would find too, so that the same binaries are traced. */
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
  TERM: 'dumb',
} as const;

/**
 * Runs the command on the host, **outside any sandbox** and with the rights of this process.
 * @throws WarderError HOST_TOOL_MISSING, HOST_LANGUAGE_MISSING, REQUEST_INVALID, SECCOMP_INVALID
 */
export async function learnProfile({ base, command }: LearnRequest): Promise<Learned> {
  const profile = await loadSeccompProfile(base);
  const { argv, ...place } = command.kind === 'argv' ? { argv: command.argv } : await sampleOf(command.id);
  const filter = resolveFilter({ arch: 'x86_64', profile, allow: [], deny: [], network: 'none' });
  const traced = await traceCommand(argv, {
    env: ENVIRONMENT,
    ...place,
    stdio: command.kind === 'argv' ? 'inherit' : 'ignore',
    // As in the sandbox: a program that falls back (clone3 to clone) has to show what it falls back to.
    failing: [...refusedCalls(filter)].map(([errno, syscalls]) => ({ errno: errnoName(errno), syscalls })),
  });
  const calls = parseTrace(traced.text);
  if (calls.counts.size === 0) throw notTraced(argv, traced.exitCode);
  const { allowed, openBase } = readProfile(profile);
  return {
    ...learnCalls(filter, allowed, calls),
    base,
    openBase,
    argv,
    counts: Object.fromEntries([...calls.counts].sort(([, a], [, b]) => b - a)),
    exitCode: traced.exitCode,
    foreignAbi: calls.foreignAbi,
  };
}

function readProfile({ documents }: SeccompProfile) {
  const { calls, defaultAction } = resolveProfile(documents, { arch: 'x86_64' });
  const allowed = [...calls].filter(([, { branches, otherwise }]) => [...branches, otherwise].some(lets));
  return { allowed: new Set(allowed.map(([name]) => name)), openBase: lets(defaultAction) };
}

function lets({ action }: Verdict): boolean {
  return action.kind === 'allow' || action.kind === 'log';
}

function notTraced(argv: readonly string[], exitCode: number | null): WarderError {
  const message = `strace could not run \`${argv[0]}\` (exit code ${exitCode}); the reason stands above`;
  return new WarderError('REQUEST_INVALID', message, {
    details: { issues: [{ path: 'argv', message }] },
    hint: 'The command is looked for in /usr/local/bin, /usr/bin, /bin and their sbin; a path works as well',
  });
}

interface Sample {
  readonly argv: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly before?: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };
}

const UNLIMITED = { memoryBytes: null, stackBytes: null, cpuCores: null } as const;

/** A language's sample program as commands on the host; what compiles it is not what the profile is for. */
async function sampleOf(id: string): Promise<Sample> {
  const language = findLanguage(id);
  const { commands } = await probeHostRootfs(toolNames());
  const find = (names: readonly string[]) => names.find((name) => commands[name] !== undefined);
  const missing = toolsOf(language).filter((names) => find(names) === undefined);
  if (missing.length > 0) throw notInstalled(language, missing);
  const { compile, hello } = language;
  const entrypoint = language.sourceName?.(hello) ?? `main.${language.extensions[0]}`;
  const interpreter = find(language.interpreters) ?? '';
  const run = language.runArgv({ interpreter, entrypoint, args: [], outputs: [], ...UNLIMITED });
  // The run line names files in the sandbox; here they lie in the working directory.
  const argv = run.map((word) => word.replaceAll(WORKSPACE, '.'));
  if (compile === null) return { argv, files: { [entrypoint]: hello } };
  const compiler = find(compile.compilers) ?? '';
  const compileArgv = compile.argv({ compiler, entrypoint, files: [entrypoint], ...UNLIMITED });
  return {
    argv,
    // An empty file makes the directory that the compilers write to.
    files: { [entrypoint]: hello, [`${OUTPUT_DIRECTORY}/.made`]: '' },
    before: { argv: compileArgv, env: { ...ENVIRONMENT, ...compile.environment?.(UNLIMITED) } },
  };
}

function notInstalled(language: Language, missing: readonly (readonly string[])[]): WarderError {
  const names = missing.map((alternatives) => alternatives.join(' or '));
  return new WarderError('HOST_LANGUAGE_MISSING', `${language.name} is not installed here`, {
    details: { language: language.id, searched: names },
    hint: `Install ${names.join(' and ')}`,
  });
}
