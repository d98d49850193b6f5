import { type KnobWrite, unenforceable } from './setting.ts';
import type { IoRates } from './types.ts';

/** One line of io.max for each disk, `MAJ:MIN`; a write takes one of them (cgroup-v2.rst, io.max). */
export function v2IoWrites(dir: string, rates: IoRates, disks: readonly string[]): readonly KnobWrite[] {
  requireDisks(disks);
  const { readBytes, writeBytes, readOps, writeOps } = rates;
  const keys = { rbps: readBytes, wbps: writeBytes, riops: readOps, wiops: writeOps };
  const limits = Object.entries(keys).map(([key, rate]) => `${key}=${rate ?? 'max'}`);
  return disks.map((disk) => ({ dir, file: 'io.max', data: `${disk} ${limits.join(' ')}` }));
}

/** One write for each disk and rate; 0 takes a rate away (cgroup-v1/blkio-controller.rst). */
export function v1IoWrites(dir: string, rates: IoRates, disks: readonly string[]): readonly KnobWrite[] {
  requireDisks(disks);
  const files = {
    'blkio.throttle.read_bps_device': rates.readBytes,
    'blkio.throttle.write_bps_device': rates.writeBytes,
    'blkio.throttle.read_iops_device': rates.readOps,
    'blkio.throttle.write_iops_device': rates.writeOps,
  };
  return Object.entries(files).flatMap(([file, rate]) =>
    rate === null ? [] : disks.map((disk) => ({ dir, file, data: `${disk} ${rate}` })),
  );
}

/** A rate that is for no disk would hold nothing. */
function requireDisks(disks: readonly string[]): void {
  if (disks.length === 0) throw unenforceable('io', 'this host shows no disk');
}

/** The same knobs without a limit: what waits in the kernel for its turn cannot be killed, and may wait for long. */
export function liftIo(version: 'v1' | 'v2', writes: readonly KnobWrite[]): readonly KnobWrite[] {
  const isIo = ({ file }: KnobWrite) => file === 'io.max' || file.startsWith('blkio.');
  const none = version === 'v1' ? '0' : 'rbps=max wbps=max riops=max wiops=max';
  return writes.filter(isIo).map((write) => ({ ...write, data: `${write.data.split(' ')[0]} ${none}` }));
}
