import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { spawnProcess } from './spawn.ts';

export interface TraceOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Text files by name; the command runs in a private directory with them, otherwise in that of this process. */
  readonly files?: Readonly<Record<string, string>>;
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
    // No argument is read out: only the names count, and strings would make the file large.
    // A `?` before a name makes strace pass over those that it does not know.
    const failing = (options.failing ?? []).flatMap(({ errno, syscalls }) => [
      '-e',
      `inject=${syscalls.map((name) => `?${name}`).join(',')}:error=${errno}`,
    ]);
    const quiet = ['-f', '-qq', '-s', '0', '-e', 'signal=none', '-e', 'verbose=none', '-o', file];
    const { subprocess } = await spawnProcess('strace', [...quiet, ...failing, '--', ...argv], {
      stdio: options.stdio,
      env: { ...options.env },
      extendEnv: false,
      cwd,
      reject: false,
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    const result = await subprocess;
    if (errnoOf(result.cause) === 'ENOENT') throw straceMissing();
    return { text: await readFile(file, 'utf8'), exitCode: result.exitCode ?? null };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(directory, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

function straceMissing(): WarderError {
  return new WarderError('HOST_TOOL_MISSING', 'strace was not found on PATH', {
    details: { tool: 'strace' },
    hint: 'Install it: apt-get install strace',
  });
}
