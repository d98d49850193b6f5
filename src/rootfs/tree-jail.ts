import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { layoutOf } from './layout.ts';
import { runTool, type ToolResult } from './run-tool.ts';
import { steadyStart } from './steady-start.ts';

export interface TreeJailOptions {
  /** Of the tree. */
  readonly name: string;
  readonly bwrapPath: string;
  readonly root: string;
  /** A directory that is /workspace inside. */
  readonly work: string;
  /** Whether the command may change the tree. */
  readonly writable: boolean;
  readonly mtime: number;
  readonly signal?: AbortSignal | undefined;
}

/** Compiling a standard library's bytecode takes seconds; what takes minutes hangs. */
const TIMEOUT_MS = 180_000;

/**
 * Runs a command of a tree in the tree: no network, nothing of the host but what the tree has, no capabilities. This is for
 * building and trying a tree with commands of its manifest; programs of users run under a policy (src/run.ts).
 */
export async function runInTree(argv: readonly string[], options: TreeJailOptions): Promise<ToolResult> {
  const { bwrapPath, work, signal } = options;
  await mkdir(work, { recursive: true });
  const args = [...(await jailArgs(options)), '--', ...argv];
  const before = options.writable ? await steadyStart(options.name) : [];
  const [path = '', ...line] = [...before, bwrapPath, ...args];
  return runTool(path, line, { timeoutMs: TIMEOUT_MS, signal });
}

async function jailArgs({ root, work, writable, mtime }: TreeJailOptions): Promise<string[]> {
  const { binds, symlinks, path } = await layoutOf(root);
  const env = {
    PATH: path.join(':'),
    HOME: '/workspace',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    SOURCE_DATE_EPOCH: String(mtime),
    // The order of Python's sets goes into its bytecode.
    PYTHONHASHSEED: '0',
  };
  return [
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL', '--clearenv'],
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--tmpfs', '/'],
    ...binds.flatMap((target) => [writable ? '--bind' : '--ro-bind', join(root, target), target]),
    ...symlinks.flatMap(({ target, to }) => ['--symlink', to, target]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...['--bind', work, '/workspace', '--chdir', '/workspace'],
  ];
}
