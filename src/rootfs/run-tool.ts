import { spawnProcess } from '#launch/spawn.ts';

export interface ToolOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Each line of stderr. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  /** null when it did not end by itself. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** Set when it could not be started. */
  readonly errno: string | undefined;
  readonly stdout: string;
  /** The end of it. */
  readonly stderr: string;
}

const MAX_KEPT_BYTES = 64 * 1024;

/** Runs a program of the host to its end. It leads a process group, all of which goes when time is up or on a signal. */
export async function runTool(
  path: string,
  args: readonly string[],
  options: ToolOptions,
): Promise<ToolResult> {
  const { subprocess } = await spawnProcess(path, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    buffer: false,
    extendEnv: false,
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C',
      ...options.env,
    },
    reject: false,
  });
  let timedOut = false;
  const killGroup = () => {
    if (subprocess.pid === undefined) return;
    try {
      process.kill(-subprocess.pid, 'SIGKILL');
    } catch {
      // It is gone already (ESRCH).
    }
  };
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup();
  }, options.timeoutMs);
  options.signal?.addEventListener('abort', killGroup, { once: true });
  if (options.signal?.aborted) killGroup();
  try {
    const stdout = keep(subprocess.stdout);
    const stderr = keep(subprocess.stderr, options.onLine);
    const result = await subprocess;
    const errno = subprocess.pid === undefined ? (result.code ?? 'EUNKNOWN') : undefined;
    return { exitCode: result.exitCode ?? null, timedOut, errno, stdout: await stdout, stderr: await stderr };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', killGroup);
  }
}

async function keep(stream: AsyncIterable<unknown>, onLine?: (line: string) => void): Promise<string> {
  let kept = '';
  let line = '';
  for await (const chunk of stream) {
    const text = String(chunk);
    kept = (kept + text).slice(-MAX_KEPT_BYTES);
    if (!onLine) continue;
    const lines = (line + text).split(/[\r\n]+/);
    line = (lines.pop() ?? '').slice(-1000);
    for (const full of lines) onLine(full);
  }
  return kept;
}
