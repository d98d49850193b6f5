/** From a command to the profile that it needs: traced on the host, compared with a profile that exists. */
import { WarderError } from '#error/warder-error.ts';
import { findLanguage } from '#languages/registry.ts';
import { traceCommand } from '#launch/trace.ts';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { errnoName } from '#seccomp/errno.ts';
import type { Verdict } from '#seccomp/ir.ts';
import { type LearnedCalls, learnCalls, refusedCalls } from '#seccomp/learned.ts';
import { resolveProfile, type SeccompProfile } from '#seccomp/profile.ts';
import { parseTrace } from '#seccomp/strace.ts';
import { languagesHere } from './languages-here.ts';

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
  const { argv, files } =
    command.kind === 'argv' ? { argv: command.argv, files: undefined } : await sample(command.id);
  const filter = resolveFilter({ arch: 'x86_64', profile, allow: [], deny: [], network: 'none' });
  const traced = await traceCommand(argv, {
    env: ENVIRONMENT,
    ...(files && { files }),
    stdio: files ? 'ignore' : 'inherit',
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

/** A language's sample program as a command on the host. */
async function sample(id: string) {
  const language = findLanguage(id);
  const here = (await languagesHere()).find((entry) => entry.language.id === language.id);
  if (!here?.interpreter) {
    throw new WarderError('HOST_LANGUAGE_MISSING', `${language.name} is not installed here`, {
      details: { language: language.id, searched: here?.missing ?? [] },
      hint: `Install ${here?.missing.join(' and ') ?? language.id}`,
    });
  }
  if (language.compile) {
    const message = `the sample of ${language.name} has to be compiled first`;
    throw new WarderError('REQUEST_INVALID', message, {
      details: { issues: [{ path: 'language', message }] },
      hint: 'Compile a program and give it as the command: warder seccomp learn -- ./program',
    });
  }
  const entrypoint = `main.${language.extensions[0]}`;
  const unlimited = { memoryBytes: null, stackBytes: null, cpuCores: null };
  const run = { interpreter: here.interpreter, entrypoint, args: [], outputs: [], ...unlimited };
  const argv = language.runArgv(run);
  return { argv, files: { [entrypoint]: language.hello } };
}
