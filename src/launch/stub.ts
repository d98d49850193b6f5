/** The native stub: spawned, told what to become, and watched. What it becomes is jail.ts's business. */
import type { Duplex, Readable } from 'node:stream';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { Channel } from './channel.ts';
import type { NativeProgram } from './native.ts';
import { encodeLaunch } from './protocol.ts';
import { spawnProcess } from './spawn.ts';
import type { HostIds, LaunchSpec } from './types.ts';

const DIAGNOSTICS_MAX_BYTES = 8 * 1024;

export interface LauncherExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The native program in its mode `launch`, and what becomes of it: the same process is the launcher later, or, where the
 * launcher is born in its leaf, one that ends as the launcher does, and with which the launcher dies (leaf.c).
 */
export interface Stub {
  readonly pid: number;
  readonly channel: Channel;
  /** Resolves when the launcher has been reaped. Never rejects. */
  readonly exited: Promise<LauncherExit>;
  readonly hasExited: () => boolean;
  /** What the launcher has said on its own stderr so far, made printable. */
  readonly diagnostics: () => string;
  /** Resolves when nobody can say anything there any more, which may be later than `exited`. Never rejects. */
  readonly silent: Promise<void>;
  /** SIGKILL to the launcher; the sandbox dies with it. */
  readonly kill: () => void;
}

export interface LaunchOrder {
  readonly native: NativeProgram;
  readonly spec: LaunchSpec;
  readonly ids: HostIds | null;
  /** Files of cgroups that the stub writes "0" into; awaited while it starts. */
  readonly joinPaths: Promise<readonly string[]>;
  /** Where the stub may not move itself: has somebody move it who may. Rejects when it is not inside then. */
  readonly attach?: (pid: number) => Promise<void>;
}

/**
 * Puts the stub into its leaf, or has it join by itself, and resolves when it has done everything that it does with the
 * supervisor's rights, to the pid of the process that is in there and holds the program's streams. Before the order it
 * does nothing at all, so what is moved is one process that has read nothing.
 * @throws WarderError LAUNCH_STEP_FAILED, LAUNCH_SPAWN_FAILED, CGROUP_*
 */
export async function orderLaunch(stub: Stub, order: LaunchOrder): Promise<number> {
  const { native, spec, ids } = order;
  const joinPaths = await order.joinPaths;
  await order.attach?.(stub.pid);
  await stub.channel.send(encodeLaunch(spec, ids, joinPaths));
  const ended = () => spawnError(native.path, stub.diagnostics() || 'it exited');
  const { pid } = await stub.channel.expect('pipes', ended);
  return pid;
}

/** @throws WarderError LAUNCH_SPAWN_FAILED, HOST_RESOURCE_EXHAUSTED */
export async function spawnStub(native: NativeProgram): Promise<Stub> {
  const { subprocess } = await spawnProcess(native.path, ['launch'], {
    // execa's types know inherited descriptors only as literals.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', native.handle.fd as 4],
    env: {},
    extendEnv: false,
    buffer: false,
    reject: false,
    cleanup: false,
    // A session of its own: what a terminal sends to our process group must not reach the launcher.
    detached: true,
    stripFinalNewline: false,
    encoding: 'buffer',
  });
  const { pid } = subprocess;
  if (pid === undefined) throw spawnError(native.path, errnoOf((await subprocess).cause));
  let gone = false;
  const exited = new Promise<LauncherExit>((resolve) => {
    subprocess.once('exit', (exitCode, signal) => {
      gone = true;
      resolve({ exitCode, signal });
    });
  });
  const channel = new Channel(subprocess.stdio[3] as unknown as Duplex);
  const { diagnostics, silent } = collectDiagnostics(subprocess.stdio[2] as unknown as Readable);
  const kill = () => {
    subprocess.kill('SIGKILL');
  };
  return { pid, channel, exited, hasExited: () => gone, diagnostics, silent, kill };
}

function spawnError(path: string, errno: string): WarderError {
  return new WarderError('LAUNCH_SPAWN_FAILED', `cannot start ${path}: ${errno}`, {
    details: { path, errno },
  });
}

/** The launcher's own words, for error messages; a flood is cut, the pipe is still drained. */
function collectDiagnostics(stream: Readable): Pick<Stub, 'diagnostics' | 'silent'> {
  const chunks: Buffer[] = [];
  let length = 0;
  const silent = new Promise<void>((resolve) => {
    stream.once('close', () => resolve());
  });
  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    if (length >= DIAGNOSTICS_MAX_BYTES) return;
    const kept = chunk.subarray(0, DIAGNOSTICS_MAX_BYTES - length);
    length += kept.length;
    chunks.push(kept);
  });
  const diagnostics = () =>
    Buffer.concat(chunks)
      .toString('utf8')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ')
      .trim();
  return { diagnostics, silent };
}
