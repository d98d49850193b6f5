import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { spawnProcess } from './spawn.ts';

export interface TraceOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What the traced command does with the streams of this process. */
  readonly stdio: 'inherit' | 'ignore';
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
    // No argument is read out: only the names count, and strings would make the file large.
    const quiet = ['-f', '-qq', '-s', '0', '-e', 'signal=none', '-e', 'verbose=none', '-o', file];
    const { subprocess } = await spawnProcess('strace', [...quiet, '--', ...argv], {
      stdio: options.stdio,
      env: { ...options.env },
      extendEnv: false,
      cwd: options.cwd,
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

function straceMissing(): WarderError {
  return new WarderError('HOST_TOOL_MISSING', 'strace was not found on PATH', {
    details: { tool: 'strace' },
    hint: 'Install it: apt-get install strace',
  });
}
