import { posix } from 'node:path';
import { WarderError } from '#error/warder-error.ts';
import { OUTPUT_DIRECTORY, WORKSPACE } from '#languages/places.ts';
import type { CompileStep, Language } from '#languages/types.ts';
import type { ProgramFile } from '#launch/types.ts';
import type { ArtifactLimits, ResolvedLimits, ResolvedPolicy } from '#policy/types.ts';
import type { ControlEntry } from '#result/control.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import { formatSizeBytes } from '#util/units.ts';
import { planLandlock } from './landlock.ts';
import { planCompileLine, planFiles, planRunLine } from './language-line.ts';
import type { RunRequest } from './request-schema.ts';
import { planRlimits } from './rlimits.ts';
import type { ArtifactPlan, ProgramPlan } from './types.ts';

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
  /** What holds each control of the jail. */
  readonly controls: readonly ControlEntry[];
  readonly filter: { readonly program: Uint8Array; readonly notify: boolean };
  /** What the compile phase handed on; none while nothing was compiled. */
  readonly outputs?: readonly ProgramFile[];
}

/** Decides what runs: everything that does not depend on the host any more. */
export function planProgram(input: ProgramInput): ProgramPlan {
  const { request, policy, language, rootfs } = input;
  const own = planFiles(request, language);
  const outputs = input.outputs ?? [];
  requireRoom("the request's files", own, policy.limits);
  requireRoom("what was compiled and the request's files", [...own, ...outputs], policy.limits);
  const line = language
    ? planRunLine({ request, policy, rootfs, language, files: own }, outputs)
    : { argv: commandOf(request), env: {} };
  return planSpec(input, {
    argv: line.argv,
    env: planEnvironment(rootfs, line.env, policy.environment, request.env),
    cwd: posix.resolve(WORKSPACE, request.cwd ?? '.'),
    files: [...own, ...outputs],
    artifacts: planArtifacts(request, policy),
  });
}

function commandOf({ argv }: RunRequest): readonly string[] {
  if (argv !== undefined) return argv;
  // The request's schema does not let it through.
  throw new WarderError('INTERNAL_BUG', 'nothing to run', { details: { what: 'request' } });
}

/**
 * The first phase of a compiled language. The request's environment and working directory are the program's, not the
 * compiler's: they would change what is built.
 */
export function planCompile(
  step: CompileStep,
  input: ProgramInput & { readonly language: Language },
): ProgramPlan {
  const { request, policy, language, rootfs } = input;
  const files = planFiles(request, language);
  requireRoom("the request's files", files, policy.limits);
  const line = planCompileLine(step, { request, policy, rootfs, language, files });
  return planSpec(input, {
    argv: line.argv,
    env: planEnvironment(rootfs, line.env, policy.environment),
    cwd: WORKSPACE,
    files: [...files, OUTPUT_MARK],
    artifacts: { patterns: step.outputs, caps: COMPILED_CAPS },
  });
}

function planArtifacts(
  { artifacts = [] }: RunRequest,
  { artifacts: caps }: ResolvedPolicy,
): ArtifactPlan | null {
  return artifacts.length === 0 ? null : { patterns: artifacts, caps };
}

/** Not the policy's, which bounds what a program may hand to people: what is compiled only goes on to the run phase. */
const COMPILED_CAPS: ArtifactLimits = {
  count: 10_000,
  sizeBytes: 64 * 1024 * 1024,
  totalBytes: 128 * 1024 * 1024,
  depth: 64,
};

/** init makes the directories of files: this is how the output's comes to be there, which not every compiler makes. */
const OUTPUT_MARK: ProgramFile = {
  path: `${OUTPUT_DIRECTORY}/.made`,
  content: new Uint8Array(),
  mode: 0o444,
};

/** Of x86_64, and of aarch64 as Debian and Fedora build it. */
const PAGE_BYTES = 4096;

interface Start extends Pick<ProgramPlan['spec'], 'argv' | 'env' | 'cwd' | 'files'> {
  readonly artifacts: ArtifactPlan | null;
}

function planSpec(
  { policy, rootfs, landlockAbi, controls, filter }: ProgramInput,
  wanted: Start,
): ProgramPlan {
  const { limits } = policy;
  const { artifacts, ...start } = wanted;
  requireArgumentsFit(start.argv, start.env);
  return {
    spec: {
      ...start,
      rlimits: planRlimits(limits, controls),
      landlock: planLandlock(policy, rootfs, landlockAbi),
      backstopMs: limits.wallMs === null ? null : limits.wallMs + BACKSTOP_GRACE_MS,
      filter: filter.program,
      notify: filter.notify,
    },
    supervision: {
      wallMs: limits.wallMs,
      cpuTimeMs: limits.cpuTimeMs,
      stdout: limits.stdout,
      stderr: limits.stderr,
      artifacts,
    },
  };
}

function requireRoom(what: string, files: readonly ProgramFile[], { workspace }: ResolvedLimits): void {
  // A tmpfs keeps whole pages.
  const pages = files.reduce((sum, { content }) => sum + Math.ceil(content.byteLength / PAGE_BYTES), 0);
  if (pages * PAGE_BYTES <= workspace.sizeBytes) return;
  const size = formatSizeBytes(workspace.sizeBytes);
  const message = `${pages * PAGE_BYTES} bytes do not fit into the workspace of ${size}`;
  throw new WarderError('REQUEST_INVALID', `${what} are too large: ${message}`, {
    details: { issues: [{ path: 'files', message }] },
    hint: 'Raise limits.workspace.size, or send less',
  });
}

/** Lowest first: what every program has, the language's own, the policy's, the request's. */
function planEnvironment(
  rootfs: ResolvedRootfs,
  ...layers: readonly (Readonly<Record<string, string>> | undefined)[]
): Readonly<Record<string, string>> {
  return {
    PATH: rootfs.path.join(':'),
    HOME: WORKSPACE,
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    USER: 'warder',
    TERM: 'dumb',
    ...Object.assign({}, ...layers),
  };
}

function requireArgumentsFit(argv: readonly string[], env: Readonly<Record<string, string>>): void {
  const strings = [...argv, ...Object.entries(env).flat()];
  const total = strings.reduce((sum, text) => sum + Buffer.byteLength(text) + 8, 0);
  if (total <= ARGUMENTS_MAX_BYTES) return;
  const message = `arguments and environment of ${total} bytes are more than any Linux program can receive`;
  throw new WarderError('REQUEST_INVALID', message, { details: { issues: [{ path: 'args', message }] } });
}
