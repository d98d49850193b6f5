import { errnoOf } from '#error/warder-error.ts';
import { spawnProcess } from './spawn.ts';

export interface Captured {
  readonly exitCode: number | null;
  readonly stdout: string;
  /** errno when the file could not be started at all. */
  readonly spawnError: string | null;
}

/**
 * Runs a trusted tool of the host with an empty environment and takes its output.
 * @throws WarderError HOST_RESOURCE_EXHAUSTED and nothing else: a question that could not be asked is no answer
 */
export async function captureOutput(
  path: string,
  args: readonly string[],
  timeoutMs = 5000,
): Promise<Captured> {
  const { subprocess } = await spawnProcess(path, args, {
    stdin: 'ignore',
    stderr: 'ignore',
    env: {},
    extendEnv: false,
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: 1024 * 1024,
  });
  const result = await subprocess;
  const started = result.exitCode !== undefined || result.signal !== undefined;
  return {
    exitCode: result.exitCode ?? null,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    spawnError: started ? null : errnoOf(result.cause),
  };
}
