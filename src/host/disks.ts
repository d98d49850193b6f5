import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Every whole disk of the host that holds something, as `MAJ:MIN` (sysfs, block/<name>/dev and size). All of them rather
 * than those behind a run's mounts: an overlay, btrfs or a device mapper hides which disks work for a file. Empty where
 * /sys is not mounted.
 */
export async function listDisks(root = '/sys/block'): Promise<readonly string[]> {
  const names = await readdir(root).catch(() => []);
  const disks = await Promise.all(
    names.sort().map(async (name) => {
      const [device, size] = await Promise.all([
        readFile(join(root, name, 'dev'), 'utf8').catch(() => ''), // a hidden path of a multipath device has none
        readFile(join(root, name, 'size'), 'utf8').catch(() => ''),
      ]);
      // Loop devices and others that nothing is attached to have a size of 0.
      return /^\d+:\d+$/.test(device.trim()) && Number(size) > 0 ? [device.trim()] : [];
    }),
  );
  return disks.flat();
}
