import { readGroupFileIfPresent } from '#cgroup/files.ts';
import type { CgroupAccount } from '#util/cgroup-account.ts';

/** Sums over all disks of what passed the throttle of a blkio group; null where the leaf has none. */
export async function readV1Io(dir: string | undefined): Promise<CgroupAccount['io']> {
  if (dir === undefined) return null;
  const [bytes, operations] = await Promise.all([
    readGroupFileIfPresent(dir, 'blkio.throttle.io_service_bytes'),
    readGroupFileIfPresent(dir, 'blkio.throttle.io_serviced'),
  ]);
  if (bytes === null || operations === null) return null;
  return {
    readBytes: sum(bytes, 'Read'),
    writtenBytes: sum(bytes, 'Write'),
    reads: sum(operations, 'Read'),
    writes: sum(operations, 'Write'),
  };
}

/** `MAJ:MIN Read 4096`, one line for each disk and kind (cgroup-v1/blkio-controller.rst). */
function sum(text: string, kind: string): number {
  const values = [...text.matchAll(new RegExp(`^\\d+:\\d+ ${kind} (\\d+)$`, 'gm'))];
  return values.reduce((total, [, value]) => total + Number(value), 0);
}
