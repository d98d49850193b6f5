import { join } from 'node:path';
import { errnoOf, isWarderError } from '#error/warder-error.ts';
import { writeFailure } from './failures.ts';
import { openGroupFileForWriting, rewriteGroupFile, writeGroupFile } from './files.ts';
import { openAll } from './open-all.ts';
import { type KnobWrite, unenforceable } from './setting.ts';

interface OpenKnob {
  readonly dir: string;
  write(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens all files at once, writes them in order within a directory, and closes them at once: nothing is written when
 * one of them is missing. Directories are independent of one another, so they are written in parallel. The first
 * error is thrown when everything has ended, so that nothing goes on in a group that is being removed.
 */
export async function writeKnobs(writes: readonly KnobWrite[]): Promise<void> {
  const knobs = await openAll(writes.map(openKnob));
  const byDirectory = new Map<string, OpenKnob[]>();
  for (const knob of knobs) byDirectory.set(knob.dir, [...(byDirectory.get(knob.dir) ?? []), knob]);
  const written = await Promise.allSettled([...byDirectory.values()].map(writeInOrder));
  const closed = await Promise.allSettled(knobs.map((knob) => knob.close()));
  for (const result of [...written, ...closed]) if (result.status === 'rejected') throw result.reason;
}

/** For writes that are only a help: killing goes on without them, and its deadlines bound it. */
export async function tryWrites(writes: readonly KnobWrite[]): Promise<void> {
  await Promise.allSettled(writes.map(({ dir, file, data }) => writeGroupFile(dir, file, data)));
}

async function writeInOrder(knobs: readonly OpenKnob[]): Promise<void> {
  for (const knob of knobs) await knob.write();
}

async function openKnob({ dir, file, data, ifMissing }: KnobWrite): Promise<OpenKnob> {
  const path = join(dir, file);
  try {
    const handle = await openGroupFileForWriting(dir, file);
    return {
      dir,
      write: () => rewriteGroupFile(handle, path, data),
      close: () => handle.close().catch((error: unknown) => Promise.reject(writeFailure(path, data, error))),
    };
  } catch (error) {
    if (!isWarderError(error) || error.code !== 'CGROUP_WRITE_FAILED') throw error;
    const isMissing = errnoOf(error.cause) === 'ENOENT';
    if (isMissing && ifMissing) throw unenforceable(ifMissing.control, ifMissing.why);
    throw writeFailure(path, data, error.cause);
  }
}
