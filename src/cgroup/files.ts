/**
 * The one seam through which cgroup files are read and written.
 *
 * Nothing here creates a file: a missing knob has to be ENOENT, and opening one with O_CREAT on cgroupfs reports
 * EACCES instead. The last path component is never followed when it is a symbolic link. O_CLOEXEC is not named
 * because libuv adds it to every open (uv_fs_open).
 *
 * Groups are made and knobs are opened, read and written with synchronous calls behind asynchronous functions: cgroupfs
 * answers from memory within microseconds, a trip through the thread pool costs many times that, and a leaf takes some
 * twenty of them. What can wait for other processes (rmdir, listing) goes to the pool.
 */
import {
  closeSync,
  constants,
  type FSWatcher,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  watch,
  writeSync,
} from 'node:fs';
import { access, readdir, realpath, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, isWarderError, WarderError } from '#error/warder-error.ts';
import { createFailure, readFailure, removeFailure, writeFailure } from './failures.ts';

/** A knob that is kept open. */
export interface GroupHandle {
  /** Reads from the beginning of the file, as much as fits. */
  read(buffer: Buffer): number;
  write(data: string): void;
  close(): Promise<void>;
}

/** After `close` the number is forgotten: it may be somebody else's by then. */
function openHandle(path: string, access: number): GroupHandle {
  const held = { fd: openSync(path, access | constants.O_NOFOLLOW) };
  return {
    read: (buffer) => readSync(held.fd, buffer, 0, buffer.length, 0),
    write: (data) => void writeSync(held.fd, data),
    close: async () => {
      const { fd } = held;
      held.fd = CLOSED;
      if (fd !== CLOSED) closeSync(fd);
    },
  };
}

/** Every use of it is EBADF. */
const CLOSED = 2 ** 31 - 1;

/** statfs(2): CGROUP_SUPER_MAGIC and CGROUP2_SUPER_MAGIC of linux/magic.h. */
const CGROUP_SUPER_MAGIC = 0x27e0eb;
const CGROUP2_SUPER_MAGIC = 0x63677270;

const COMPONENT = /^[A-Za-z0-9][A-Za-z0-9_.,=-]*$/;

/** From pseudo files without a method; libuv calls the one number by either name. */
const UNSUPPORTED = new Set(['EOPNOTSUPP', 'ENOTSUP']);

/** "This kernel or group has no such file". ENODEV comes from a group that was removed while its file was open. */
const ABSENT = new Set(['ENOENT', 'ENODEV', ...UNSUPPORTED]);

/** open(2) for writing where only reading is allowed: the mode, a file without a write method, a read-only mount. */
const READ_ONLY = new Set(['EACCES', 'EPERM', 'EINVAL', 'EROFS']);

/** The whole of a knob or statistics file. */
export async function readGroupFile(dir: string, file: string): Promise<string> {
  const path = join(dir, component(file));
  try {
    return await readWhole(path);
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** As `readGroupFile`, but null where the file does not exist. */
export async function readGroupFileIfPresent(dir: string, file: string): Promise<string | null> {
  const path = join(dir, component(file));
  try {
    return await readWhole(path);
  } catch (error) {
    if (ABSENT.has(errnoOf(error))) return null;
    throw readFailure(path, error);
  }
}

/** A file of /proc, such as `/proc/self/cgroup`. */
export async function readProcFile(path: string): Promise<string> {
  try {
    return await readWhole(path);
  } catch (error) {
    throw readFailure(path, error);
  }
}

/** Writes `data` with one write(2), since the kernel parses each write as one command. */
export async function writeGroupFile(dir: string, file: string, data: string): Promise<void> {
  const path = join(dir, component(file));
  try {
    const handle = openHandle(path, constants.O_WRONLY);
    try {
      handle.write(data);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw writeFailure(path, data, error);
  }
}

/** A write-only handle; the caller closes it. */
export async function openGroupFileForWriting(dir: string, file: string): Promise<GroupHandle> {
  const path = join(dir, component(file));
  try {
    return openHandle(path, constants.O_WRONLY);
  } catch (error) {
    throw writeFailure(path, '', error);
  }
}

/**
 * A handle for reading again and again, or null where the file does not exist; the caller closes it. `update` asks for
 * one that can be written too, and is content with a read-only one where that is refused.
 */
export async function openGroupFileIfPresent(
  dir: string,
  file: string,
  use: 'read' | 'update' = 'read',
): Promise<GroupHandle | null> {
  const path = join(dir, component(file));
  try {
    return openHandle(path, use === 'read' ? constants.O_RDONLY : constants.O_RDWR);
  } catch (error) {
    const errno = errnoOf(error);
    if (ABSENT.has(errno)) return null;
    if (use === 'update' && READ_ONLY.has(errno)) return openGroupFileIfPresent(dir, file);
    throw readFailure(path, error);
  }
}

/** The present content of a small file that is kept open, by pread(2) at offset 0; null where it cannot be read at all. */
export async function rereadGroupFile(handle: GroupHandle, path: string): Promise<string | null> {
  try {
    const buffer = Buffer.allocUnsafe(4096);
    const bytesRead = handle.read(buffer);
    return buffer.toString('latin1', 0, bytesRead);
  } catch (error) {
    if (UNSUPPORTED.has(errnoOf(error))) return null;
    throw readFailure(path, error);
  }
}

/**
 * One write(2) to a file that is kept open; cgroupfs ignores the offset. Not pwrite(2), which a read-only handle of a
 * pseudo file answers with ESPIPE rather than EBADF (seq_open takes FMODE_PWRITE away).
 */
export async function rewriteGroupFile(handle: GroupHandle, path: string, data: string): Promise<void> {
  try {
    handle.write(data);
  } catch (error) {
    throw writeFailure(path, data, error);
  }
}

/** Makes a group and returns its directory. An existing one is an error: it may belong to somebody else. */
export async function makeGroup(parent: string, name: string): Promise<string> {
  const path = join(parent, component(name));
  try {
    mkdirSync(path, 0o755);
    return path;
  } catch (error) {
    throw createFailure(path, error);
  }
}

/** As `makeGroup`, but content with an existing one: only for groups of ours that are shared on purpose. */
export async function makeGroupUnlessPresent(parent: string, name: string): Promise<string> {
  try {
    return await makeGroup(parent, name);
  } catch (error) {
    if (isWarderError(error) && errnoOf(error.cause) === 'EEXIST') return join(parent, name);
    throw error;
  }
}

/** rmdir(2). True when the group is gone, false when it is still in use (EBUSY). */
export async function removeGroup(dir: string): Promise<boolean> {
  try {
    await rmdir(dir);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return true;
    // ENOTEMPTY is what a plain directory says where cgroupfs says EBUSY.
    if (errno === 'EBUSY' || errno === 'ENOTEMPTY') return false;
    throw removeFailure(dir, errno, error);
  }
}

/** The child groups of a group; empty when the group is gone. */
export async function listChildGroups(dir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(dir, entry.name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw readFailure(dir, error);
  }
}

/** Which cgroup file system a directory lies on; null when it is another one or does not exist. */
export async function cgroupVersionOf(dir: string): Promise<'v1' | 'v2' | null> {
  try {
    const { type } = await statfs(dir);
    if (type === CGROUP_SUPER_MAGIC) return 'v1';
    return type === CGROUP2_SUPER_MAGIC ? 'v2' : null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw readFailure(dir, error);
  }
}

export interface GroupFileWatch {
  /** Resolves to true at the next change; never where the file cannot be watched. */
  changed(): Promise<true>;
  close(): void;
}

/** inotify(7) on a file of which cgroupfs tells changes. Where that fails, nothing is ever told: poll as well. */
export function watchGroupFile(dir: string, file: string): GroupFileWatch {
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const listener of listeners.splice(0)) listener();
  };
  const watcher = tryWatch(join(dir, component(file)), tell);
  return {
    changed: () => new Promise((resolve) => listeners.push(() => resolve(true))),
    close: () => watcher?.close(),
  };
}

function tryWatch(path: string, onChange: () => void): FSWatcher | null {
  try {
    // The group may be removed under it; then there is nothing left to tell.
    return watch(path, { persistent: false }, onChange).on('error', () => {});
  } catch {
    return null;
  }
}

/** Why we may not make groups in `dir` and move processes through it, as an errno; null when nothing speaks against it. */
export async function refusalOf(dir: string): Promise<string | null> {
  try {
    // access(2) asks as the real user, who is the effective one here, and answers EROFS on a read-only mount.
    await access(dir, constants.W_OK);
    await access(join(dir, 'cgroup.procs'), constants.W_OK);
    await access(join(dir, 'cgroup.subtree_control'), constants.W_OK);
    return null;
  } catch (error) {
    return errnoOf(error);
  }
}

/** Whether the path leads there without symbolic links. */
export async function isRealPath(dir: string): Promise<boolean> {
  return (await realpath(dir).catch(() => null)) === dir;
}

/** One descriptor at a time, however many files are read at once: a supervisor may be short of them. */
async function readWhole(path: string): Promise<string> {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/** A name that cannot leave its directory. File names are ours, group names come from run ids. */
function component(name: string): string {
  if (COMPONENT.test(name) && name.length <= 255) return name;
  const what = `not a cgroup path component: ${JSON.stringify(name)}`;
  throw new WarderError('INTERNAL_BUG', what, { details: { what } });
}
