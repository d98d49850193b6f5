import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gate } from './gate.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The command line as `scripts/build` leaves it. */
export const MAIN = join(ROOT, 'dist/cli/main.js');
export const built = gate('build', existsSync(MAIN), 'dist/cli/main.js is not built');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string | Buffer | 'idle';
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly onStarted?: (pid: number) => Promise<void>;
}

/** Runs the command line as a child process. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const { input = '', env, cwd = ROOT } = options;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, ...env } });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => {});
  if (input !== 'idle') child.stdin.end(input);
  const ended = new Promise<Pick<Ended, 'code' | 'signal'>>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  await options.onStarted?.(child.pid ?? 0);
  const { code, signal } = await ended;
  return { code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** What a person sees: code, stdout, stderr. */
export async function shown(
  args: readonly string[],
  options?: CliOptions,
): Promise<[number | null, string, string]> {
  const { code, stdout, stderr } = await cli(args, options);
  return [code, stdout.toString(), stderr];
}
