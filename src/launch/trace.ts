import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { spawnProcess } from './spawn.ts';

export interface TraceOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Text files by name; the command runs in a private directory with them, otherwise in that of this process. */
  readonly files?: Readonly<Record<string, string>>;
  /** A command that runs first, in the same place and untraced: what compiles the program. */
  readonly before?:
    | { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> }
    | undefined;
  /** What the traced command does with the streams of this process. */
  readonly stdio: 'inherit' | 'ignore';
  /** Calls that are not made while tracing but fail at once, with the names of their errno; strace(1), -e inject. */
  readonly failing?: readonly { readonly errno: string; readonly syscalls: readonly string[] }[];
  readonly timeoutMs?: number;
}

export interface Traced {
  /** As strace(1) writes it with `-f`. */
  readonly text: string;
  /** strace ends as the traced command did; null when a signal ended it. */
  readonly exitCode: number | null;
}

/**
 * Runs a command of the host under strace(1), with the rights of this process and **without a sandbox**.
 * @throws WarderError HOST_TOOL_MISSING where strace is not installed, HOST_RESOURCE_EXHAUSTED
 */
export async function traceCommand(argv: readonly string[], options: TraceOptions): Promise<Traced> {
  const directory = await mkdtemp(join(tmpdir(), 'warder-trace-'));
  try {
    const file = join(directory, 'trace');
    const cwd = options.files ? await writeFiles(join(directory, 'files'), options.files) : process.cwd();
    if (options.before) await runBefore(options.before, cwd);
    const { stdio, timeoutMs, env } = options;
    const { subprocess } = await spawnProcess('strace', [...traceArgs(file, options), '--', ...argv], {
      stdio,
      env: { ...env },
      extendEnv: false,
      cwd,
      reject: false,
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    });
    const result = await subprocess;
    if (errnoOf(result.cause) === 'ENOENT') throw straceMissing();
    return { text: await readFile(file, 'utf8'), exitCode: result.exitCode ?? null };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** No argument is read out: only the names count, and strings would make the file large. */
function traceArgs(file: string, { failing = [] }: TraceOptions): readonly string[] {
  // A `?` before a name makes strace pass over those that it does not know.
  const injected = failing.flatMap(({ errno, syscalls }) => [
    '-e',
    `inject=${syscalls.map((name) => `?${name}`).join(',')}:error=${errno}`,
  ]);
  return ['-f', '-qq', '-s', '0', '-e', 'signal=none', '-e', 'verbose=none', '-o', file, ...injected];
}

async function runBefore({ argv, env }: NonNullable<TraceOptions['before']>, cwd: string): Promise<void> {
  const [command = '', ...args] = argv;
  const options = { stdio: 'ignore', env: { ...env }, extendEnv: false, cwd, reject: false } as const;
  const { exitCode } = await (await spawnProcess(command, args, options)).subprocess;
  if (exitCode === 0) return;
  const message = `\`${command}\` could not compile the program (exit code ${exitCode ?? 'none'})`;
  throw new WarderError('REQUEST_INVALID', message, { details: { issues: [{ path: 'language', message }] } });
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(directory, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

function straceMissing(): WarderError {
  return new WarderError('HOST_TOOL_MISSING', 'strace was not found on PATH', {
    details: { tool: 'strace' },
    hint: 'Install it: apt-get install strace',
  });
}
