/**
 * `--out DIR`: the files that a program left, on our side. Its names and its bytes are all that it has a say in: every
 * directory is opened below one that is open already, never through a link, and every file is made anew.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '#index.ts';
import { errnoOf } from '#internal.ts';
import { safePath } from './safe-name.ts';
import { usageError } from './usage-error.ts';

type Artifact = RunResult['artifacts'][number];
type Refused = RunResult['artifactsRefused'][number];

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** The directory itself may be a link: whoever names it knows it. @throws WarderError REQUEST_INVALID */
export async function openOut(directory: string): Promise<FileHandle> {
  try {
    await mkdir(directory, { recursive: true });
    return await open(directory, O_RDONLY | O_DIRECTORY);
  } catch (error) {
    throw usageError('--out', `cannot use the directory \`${directory}\`: ${errnoOf(error)}`);
  }
}

/** The result with `savedTo` in place of the data; what cannot be saved is among the refused. */
export async function saveArtifacts(
  result: RunResult,
  out: FileHandle,
  directory: string,
): Promise<RunResult> {
  const artifacts: Artifact[] = [];
  const refused: Refused[] = [...result.artifactsRefused];
  for (const artifact of result.artifacts) {
    const { data: _, encoding: __, ...rest } = artifact;
    const name = safePath(artifact.path);
    const why = name === null ? 'name' : await save(out, name, artifact);
    if (name === null || why !== null) refused.push({ path: artifact.path, why: why ?? 'name' });
    else artifacts.push({ ...rest, savedTo: join(directory, name) });
  }
  return { ...result, artifacts, artifactsRefused: refused };
}

async function save(
  out: FileHandle,
  name: string,
  { data = '', encoding, mode }: Artifact,
): Promise<Refused['why'] | null> {
  const names = name.split('/');
  const file = names.pop() ?? '';
  const opened: FileHandle[] = [];
  try {
    let directory = out;
    for (const component of names) {
      directory = await enter(directory, component);
      opened.push(directory);
    }
    await write(below(directory, file), Buffer.from(data, encoding), Number.parseInt(mode, 8));
    return null;
  } catch (error) {
    // A link where a directory should be: openat(2), O_DIRECTORY and O_NOFOLLOW.
    return ['EEXIST', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(errnoOf(error)) ? 'exists' : 'notSaved';
  } finally {
    await Promise.all(opened.map((handle) => handle.close()));
  }
}

/** Node has no openat(2); this is the same directory whatever becomes of its path meanwhile (proc_pid_fd(5)). */
function below({ fd }: FileHandle, name: string): string {
  return `/proc/self/fd/${fd}/${name}`;
}

async function enter(parent: FileHandle, name: string): Promise<FileHandle> {
  const path = below(parent, name);
  await mkdir(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'EEXIST') throw error;
  });
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Readable for us whatever the program set; the umask counts as for any file. */
async function write(path: string, content: Uint8Array, mode: number): Promise<void> {
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, (mode & 0o777) | 0o600);
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
