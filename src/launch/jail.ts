/**
 * Starting a sandbox: the native stub is spawned, makes the program's pipes, and becomes the launcher, which
 * becomes init. This file owns the spawn and the descriptors; what happens in the sandbox afterwards is
 * supervise's business.
 */
import { close, constants as fsConstants, open } from 'node:fs';
import { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { requireResources } from '#error/exhausted.ts';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { withDeadline } from '#util/deadline.ts';
import { Channel } from './channel.ts';
import type { NativeProgram } from './native.ts';
import { OutputPipe } from './output-pipe.ts';
import { encodeLaunch, encodeOpened } from './protocol.ts';
import { spawnProcess } from './spawn.ts';
import type { HostIds, LaunchSpec } from './types.ts';

/** The first descriptor of `LaunchSpec.blobs`; FD_FIRST_BLOB of protocol.h. */
export const FIRST_BLOB_FD = 8;
/** Where the launcher finds the native program; FD_SELF of protocol.h. */
export const NATIVE_FD = 7;
const PROGRAM_STDIN_FD = 4;
const DIAGNOSTICS_MAX_BYTES = 8 * 1024;

export interface LaunchOptions {
  readonly native: NativeProgram;
  readonly spec: LaunchSpec;
  readonly ids: HostIds | null;
  /** Files of cgroups that the stub writes "0" into; awaited while it starts. */
  readonly joinPaths: Promise<readonly string[]>;
  /** How long the stub may take until its pipes are open; milliseconds. */
  readonly timeoutMs: number;
  readonly onTimeout: () => Error;
}

export interface LauncherExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramStreams {
  readonly stdin: Socket;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** A launcher that is setting up or holding a sandbox. */
export interface Jail {
  readonly pid: number;
  readonly channel: Channel;
  readonly streams: ProgramStreams;
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

/** @throws WarderError LAUNCH_SPAWN_FAILED, LAUNCH_STEP_FAILED, HOST_RESOURCE_EXHAUSTED */
export async function launchJail(options: LaunchOptions): Promise<Jail> {
  const { native, spec, ids, joinPaths } = options;
  const started = await spawnStub(native);
  const { pid, channel } = started;
  try {
    await channel.send(encodeLaunch(spec, ids, await joinPaths));
    const pipes = channel.expect('pipes', () =>
      spawnError(native.path, started.diagnostics() || 'it exited'),
    );
    await withDeadline(pipes, options.timeoutMs, options.onTimeout);
    const streams = await openStreams(pid);
    await channel.send(encodeOpened());
    return { ...started, streams };
  } catch (error) {
    started.kill();
    channel.close();
    await started.exited;
    throw error;
  }
}

type Stub = Omit<Jail, 'streams'>;

async function spawnStub(native: NativeProgram): Promise<Stub> {
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
function collectDiagnostics(stream: Readable): Pick<Jail, 'diagnostics' | 'silent'> {
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

const openFd = promisify(open);
const closeFd = promisify(close);

/**
 * Our ends of the pipes that the stub made. Opening through /proc/<pid>/fd gives descriptions of our own, so
 * O_NONBLOCK here does not reach the program (it is a flag of the description, open(2)).
 */
async function openStreams(pid: number): Promise<ProgramStreams> {
  const flags = [fsConstants.O_WRONLY, fsConstants.O_RDONLY, fsConstants.O_RDONLY];
  const opened = await Promise.allSettled(
    flags.map((flag, i) => openFd(`/proc/${pid}/fd/${PROGRAM_STDIN_FD + i}`, flag | fsConstants.O_NONBLOCK)),
  );
  const fds = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const [stdin, stdout, stderr] = fds;
  if (stdin !== undefined && stdout !== undefined && stderr !== undefined) {
    return {
      stdin: new Socket({ fd: stdin, readable: false, writable: true }),
      stdout: OutputPipe.fromFd(stdout),
      stderr: OutputPipe.fromFd(stderr),
    };
  }
  await Promise.all(fds.map((fd) => closeFd(fd)));
  const index = opened.findIndex((result) => result.status === 'rejected');
  const failed = opened[index];
  const errno = errnoOf(failed?.status === 'rejected' ? failed.reason : undefined);
  requireResources(errno);
  throw new WarderError('LAUNCH_STEP_FAILED', `cannot open the program's pipes: ${errno}`, {
    details: { step: 'pipe', index, errno },
  });
}
