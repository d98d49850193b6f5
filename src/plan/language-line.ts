/** The command lines of a language: what compiles the request's files, and what runs them. */
import { posix } from 'node:path';
import type { InputIssue } from '#error/codes.ts';
import { WarderError } from '#error/warder-error.ts';
import { OUTPUT_DIRECTORY, WORKSPACE } from '#languages/places.ts';
import type { Baseline, CompileStep, Language, RuntimeLimits } from '#languages/types.ts';
import type { ProgramFile } from '#launch/types.ts';
import type { ResolvedLimits, ResolvedPolicy } from '#policy/types.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import { formatSizeBytes } from '#util/units.ts';
import { type RunRequest, toBytes } from './request-schema.ts';

/** A line and the variables that go with it, below those of policy and request. */
export interface Line {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface LineInput {
  readonly request: RunRequest;
  readonly language: Language;
  readonly policy: ResolvedPolicy;
  readonly rootfs: ResolvedRootfs;
  /** The request's own. */
  readonly files: readonly ProgramFile[];
}

/** @throws WarderError REQUEST_INVALID, HOST_LANGUAGE_MISSING */
export function planRunLine(input: LineInput, outputs: readonly ProgramFile[]): Line {
  const { request, language, policy, rootfs, files } = input;
  const entrypoint = posix.join(WORKSPACE, entryOf(request, files));
  requireBaseline('limits', policy.limits, language.name, language.baseline);
  if (language.compile) requireExecutable(policy, language.name, language.compile);
  const interpreter =
    language.interpreters.length === 0 ? entrypoint : requireTool(language, language.interpreters, rootfs);
  const limits = runtimeLimits(policy.limits);
  return {
    argv: language.runArgv({ interpreter, entrypoint, args: request.args ?? [], outputs, ...limits }),
    env: language.runEnvironment?.(limits) ?? {},
  };
}

/** @throws WarderError REQUEST_INVALID, HOST_LANGUAGE_MISSING */
export function planCompileLine(step: CompileStep, input: LineInput): Line {
  const { request, language, policy, rootfs, files } = input;
  requireBaseline('compile.limits', policy.limits, `the compiler of ${language.name}`, step.baseline);
  requireFree(files);
  const limits = runtimeLimits(policy.limits);
  const paths = files.map(({ path }) => path);
  const compiler = requireTool(language, step.compilers, rootfs);
  return {
    argv: step.argv({ compiler, entrypoint: entryOf(request, files), files: paths, ...limits }),
    env: step.environment?.(limits) ?? {},
  };
}

/** The files that the request brings; source text gets the name that its language wants. */
export function planFiles(request: RunRequest, language: Language | null): ProgramFile[] {
  if (language && request.code !== undefined) {
    const content = Buffer.from(request.code, 'utf8');
    const path = language.sourceName?.(request.code) ?? `main.${language.extensions[0]}`;
    return [{ path, content, mode: 0o644 }];
  }
  return (request.files ?? []).map(({ path, content, mode }) => ({
    path,
    content: toBytes(content),
    mode: Number.parseInt(mode ?? '0644', 8),
  }));
}

function entryOf({ entrypoint }: RunRequest, files: readonly ProgramFile[]): string {
  const entry = entrypoint ?? files[0]?.path;
  if (entry !== undefined) return entry;
  // The request's schema does not let it through.
  throw new WarderError('INTERNAL_BUG', 'nothing to run', { details: { what: 'request' } });
}

function runtimeLimits({ memoryBytes, stackBytes, cpuCores }: ResolvedLimits): RuntimeLimits {
  return { memoryBytes, stackBytes, cpuCores };
}

function requireTool({ id, name }: Language, names: readonly string[], rootfs: ResolvedRootfs): string {
  const path = names.map((tool) => rootfs.commands[tool]).find((found) => found !== undefined);
  if (path !== undefined) return path;
  const title = rootfs.name === 'host' ? '' : ` ${rootfs.name}`;
  throw new WarderError('HOST_LANGUAGE_MISSING', `${name} is not installed in the root file system${title}`, {
    details: { language: id, searched: rootfs.path },
    hint:
      rootfs.name === 'host'
        ? `Install ${names.join(' or ')} below /usr with the system's package manager`
        : `The tree has no ${names.join(' or ')}; build the one of this language: warder rootfs build ${id}`,
  });
}

/** Never raised silently: a runtime that dies at its start would look like the program's fault. */
function requireBaseline(
  path: string,
  { memoryBytes, pids }: ResolvedLimits,
  who: string,
  least: Baseline,
): void {
  const memory = `${who} needs at least ${formatSizeBytes(least.memoryBytes)} of memory`;
  const issues = [
    ...below(`${path}.memory`, memoryBytes, least.memoryBytes, memory),
    ...below(`${path}.pids`, pids, least.pids, `${who} needs at least ${least.pids} tasks`),
  ];
  if (issues.length > 0) throw invalid(issues, 'Raise the limit in the request or in the policy');
}

function below(path: string, value: number | null, least: number, message: string): InputIssue[] {
  return value !== null && value < least ? [{ path, message }] : [];
}

/** The kernel would refuse the start, which says nothing about why. */
function requireExecutable({ name, execution }: ResolvedPolicy, language: string, step: CompileStep): void {
  if (!step.executable || execution.writtenFiles === 'allow') return;
  const message = `the policy \`${name}\` executes nothing that was not in the root file system, and a compiled ${language} program is not`;
  throw invalid([{ path: 'language', message }], 'Use a policy with `execution: { writtenFiles: allow }`');
}

/** What the run phase executes comes from the compiler and from nobody else. */
function requireFree(files: readonly ProgramFile[]): void {
  const taken = files.find(
    ({ path }) => path === OUTPUT_DIRECTORY || path.startsWith(`${OUTPUT_DIRECTORY}/`),
  );
  if (!taken) return;
  const message = `\`${taken.path}\` is where the compiler's output goes`;
  throw invalid([{ path: 'files', message }], 'Choose another directory');
}

function invalid(issues: readonly InputIssue[], hint: string): WarderError {
  return new WarderError('REQUEST_INVALID', issues.map(({ message }) => message).join('; '), {
    details: { issues },
    hint,
  });
}
