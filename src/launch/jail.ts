/**
 * Starting a sandbox: the native stub is spawned, makes the program's pipes, and becomes the launcher, which
 * becomes init. This file owns the spawn and the descriptors; what happens in the sandbox afterwards is
 * supervise's business.
 */
import { closeSync, constants as fsConstants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { requireResources } from '#error/exhausted.ts';
import { errnoOf, WarderError } from '#error/warder-error.ts';
import { withDeadline } from '#util/deadline.ts';
import { OutputPipe } from './output-pipe.ts';
import { encodeOpened } from './protocol.ts';
import { type LaunchOrder, orderLaunch, type Stub, spawnStub } from './stub.ts';

/** The first descriptor of `LaunchSpec.blobs`; FD_FIRST_BLOB of protocol.h. */
export const FIRST_BLOB_FD = 8;
/** Where the launcher finds the native program; FD_SELF of protocol.h. */
export const NATIVE_FD = 7;
const PROGRAM_STDIN_FD = 4;

export interface LaunchOptions extends LaunchOrder {
  /** How long the stub may take until its pipes are open; milliseconds. */
  readonly timeoutMs: number;
  readonly onTimeout: () => Error;
}

export interface ProgramStreams {
  readonly stdin: Socket;
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** A launcher that is setting up or holding a sandbox. */
export interface Jail extends Stub {
  readonly streams: ProgramStreams;
}

/** @throws WarderError LAUNCH_SPAWN_FAILED, LAUNCH_STEP_FAILED, HOST_RESOURCE_EXHAUSTED */
export async function launchJail(options: LaunchOptions): Promise<Jail> {
  const started = await spawnStub(options.native);
  const { channel } = started;
  try {
    const pid = await withDeadline(orderLaunch(started, options), options.timeoutMs, options.onTimeout);
    const streams = openStreams(pid);
    await channel.send(encodeOpened());
    return { ...started, streams };
  } catch (error) {
    started.kill();
    channel.close();
    await started.exited;
    throw error;
  }
}

/**
 * Our ends of the pipes that the stub made. Opening through /proc/<pid>/fd gives descriptions of our own, so
 * O_NONBLOCK here does not reach the program (it is a flag of the description, open(2)). Synchronous: with O_NONBLOCK
 * nothing waits here, and the thread pool would take longer than the calls.
 */
function openStreams(pid: number): ProgramStreams {
  const { O_WRONLY, O_RDONLY, O_NONBLOCK } = fsConstants;
  const fds: number[] = [];
  try {
    for (const access of [O_WRONLY, O_RDONLY, O_RDONLY]) {
      fds.push(openSync(`/proc/${pid}/fd/${PROGRAM_STDIN_FD + fds.length}`, access | O_NONBLOCK));
    }
  } catch (error) {
    for (const fd of fds) closeSync(fd);
    const errno = errnoOf(error);
    requireResources(errno);
    throw new WarderError('LAUNCH_STEP_FAILED', `cannot open the program's pipes: ${errno}`, {
      details: { step: 'pipe', index: fds.length, errno },
    });
  }
  const [stdin = -1, stdout = -1, stderr = -1] = fds;
  return {
    stdin: new Socket({ fd: stdin, readable: false, writable: true }),
    stdout: OutputPipe.fromFd(stdout),
    stderr: OutputPipe.fromFd(stderr),
  };
}
