import { writeGroupFile } from './files.ts';
import type { KnobWrite } from './setting.ts';

/** In order within a directory; directories are independent of one another, so they are written in parallel. */
export async function writeKnobs(writes: readonly KnobWrite[]): Promise<void> {
  const byDirectory = new Map<string, KnobWrite[]>();
  for (const write of writes) {
    byDirectory.set(write.dir, [...(byDirectory.get(write.dir) ?? []), write]);
  }
  await Promise.all([...byDirectory.values()].map(writeInOrder));
}

async function writeInOrder(writes: readonly KnobWrite[]): Promise<void> {
  for (const { dir, file, data } of writes) await writeGroupFile(dir, file, data);
}
