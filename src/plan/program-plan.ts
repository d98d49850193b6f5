import { posix } from 'node:path';
import { WarderError } from '#error/warder-error.ts';
import type { Language } from '#languages/types.ts';
import type { ProgramFile, Rlimit } from '#launch/types.ts';
import type { ResolvedLimits, ResolvedPolicy } from '#policy/types.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import { formatSizeBytes } from '#util/units.ts';
import { planLandlock } from './landlock.ts';
import { type RunRequest, toBytes } from './request-schema.ts';
import type { ProgramPlan } from './types.ts';

const WORKSPACE = '/workspace';
/** After our own deadline init's fires, in case the supervisor is blocked or dead. */
const BACKSTOP_GRACE_MS = 1000;
/** argv and environment travel in one frame of at most 4 MiB; the kernel takes less than that anyway (E2BIG). */
const ARGUMENTS_MAX_BYTES = 3.5 * 1024 * 1024;

export interface ProgramInput {
  readonly request: RunRequest;
  readonly policy: ResolvedPolicy;
  readonly rootfs: ResolvedRootfs;
  readonly language: Language | null;
  readonly landlockAbi: number;
  readonly filter: { readonly program: Uint8Array; readonly notify: boolean };
}

/** Decides what runs: everything that does not depend on the host any more. */
export function planProgram(input: ProgramInput): ProgramPlan {
  const { request, policy, filter, language } = input;
  const { limits } = policy;
  const files = planFiles(request, language);
  requireRoom(files, limits);
  const argv = request.argv ?? languageArgv(input, files);
  const env = planEnvironment(request, policy, input.rootfs);
  requireArgumentsFit(argv, env);
  return {
    spec: {
      argv,
      env,
      cwd: posix.resolve(WORKSPACE, request.cwd ?? '.'),
      files,
      rlimits: planRlimits(limits),
      landlock: planLandlock(policy, input.rootfs, input.landlockAbi),
      backstopMs: limits.wallMs === null ? null : limits.wallMs + BACKSTOP_GRACE_MS,
      filter: filter.program,
      notify: filter.notify,
    },
    supervision: {
      wallMs: limits.wallMs,
      cpuTimeMs: limits.cpuTimeMs,
      stdout: limits.stdout,
      stderr: limits.stderr,
    },
  };
}

function planFiles(request: RunRequest, language: Language | null): ProgramFile[] {
  if (language && request.code !== undefined) {
    const content = Buffer.from(request.code, 'utf8');
    return [{ path: `main.${language.extensions[0]}`, content, mode: 0o644 }];
  }
  return (request.files ?? []).map(({ path, content, mode }) => ({
    path,
    content: toBytes(content),
    mode: Number.parseInt(mode ?? '0644', 8),
  }));
}

function requireRoom(files: readonly ProgramFile[], { workspace }: ResolvedLimits): void {
  const total = files.reduce((sum, { content }) => sum + content.byteLength, 0);
  if (total <= workspace.sizeBytes) return;
  const message = `${total} bytes do not fit into the workspace of ${formatSizeBytes(workspace.sizeBytes)}`;
  throw new WarderError('REQUEST_INVALID', `the request's files are too large: ${message}`, {
    details: { issues: [{ path: 'files', message }] },
    hint: 'Raise limits.workspace.size, or send less',
  });
}

function languageArgv(
  { request, policy, rootfs, language }: ProgramInput,
  files: readonly ProgramFile[],
): readonly string[] {
  const entry = request.entrypoint ?? files[0]?.path;
  if (!language || entry === undefined) {
    // The request's schema lets neither through.
    throw new WarderError('INTERNAL_BUG', 'nothing to run', { details: { what: 'request' } });
  }
  requireBaseline(policy.limits, language);
  const interpreter = language.interpreters
    .map((name) => rootfs.commands[name])
    .find((path) => path !== undefined);
  if (interpreter === undefined) {
    throw new WarderError(
      'HOST_LANGUAGE_MISSING',
      `${language.name} is not installed in the root file system`,
      {
        details: { language: language.id, searched: rootfs.path },
        hint: `Install ${language.interpreters.join(' or ')} below /usr with the system's package manager`,
      },
    );
  }
  const { memoryBytes } = policy.limits;
  return language.runArgv({
    interpreter,
    entrypoint: posix.join(WORKSPACE, entry),
    args: request.args ?? [],
    memoryBytes,
  });
}

/** Never raised silently: a runtime that dies at its start would look like the program's fault. */
function requireBaseline({ memoryBytes, pids }: ResolvedLimits, { name, baseline }: Language): void {
  const issues = [
    ...below(
      'limits.memory',
      memoryBytes,
      baseline.memoryBytes,
      `${name} needs at least ${formatSizeBytes(baseline.memoryBytes)} of memory`,
    ),
    ...below('limits.pids', pids, baseline.pids, `${name} needs at least ${baseline.pids} tasks`),
  ];
  if (issues.length === 0) return;
  throw new WarderError('REQUEST_INVALID', issues.map(({ message }) => message).join('; '), {
    details: { issues },
    hint: 'Raise the limit in the request or in the policy',
  });
}

function below(
  path: string,
  value: number | null,
  least: number,
  message: string,
): { path: string; message: string }[] {
  return value !== null && value < least ? [{ path, message }] : [];
}

function planEnvironment(
  request: RunRequest,
  policy: ResolvedPolicy,
  rootfs: ResolvedRootfs,
): Readonly<Record<string, string>> {
  return {
    PATH: rootfs.path.join(':'),
    HOME: WORKSPACE,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    USER: 'warder',
    TERM: 'dumb',
    ...policy.environment,
    ...request.env,
  };
}

function requireArgumentsFit(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  const strings = [...argv, ...Object.entries(env).flat()];
  const total = strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 8, 0);
  if (total <= ARGUMENTS_MAX_BYTES) return;
  const message = `arguments and environment of ${total} bytes are more than any Linux program can receive`;
  throw new WarderError('REQUEST_INVALID', message, { details: { issues: [{ path: 'args', message }] } });
}

/** Numbers of asm-generic/resource.h, which x86_64 and aarch64 share. */
const RESOURCE = {
  cpu: 0,
  fsize: 1,
  stack: 3,
  core: 4,
  nofile: 7,
  memlock: 8,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
} as const;
const MEMLOCK_BYTES = 64 * 1024;

/**
 * setrlimit(2) for the program. CPU time is a backstop per process above the accounting of the whole tree.
 * A core limit of 1 rather than 0: a core_pattern that pipes ignores 0, and takes 1 as "do not start the
 * helper" (core(5)); for a file it is below the smallest dump.
 */
function planRlimits(limits: ResolvedLimits): Rlimit[] {
  const cpuSeconds = limits.cpuTimeMs === null ? null : Math.ceil(limits.cpuTimeMs / 1000) + 1;
  const both = (name: keyof typeof RESOURCE, value: number | null): Rlimit => ({
    resource: RESOURCE[name],
    name,
    soft: value,
    hard: value,
  });
  return [
    both('cpu', cpuSeconds),
    both('fsize', limits.fileSizeBytes),
    both('stack', limits.stackBytes),
    both('core', Math.max(1, limits.coreBytes)),
    both('nofile', limits.openFiles),
    both('memlock', MEMLOCK_BYTES),
    both('msgqueue', 0),
    both('nice', 0),
    both('rtprio', 0),
  ];
}
