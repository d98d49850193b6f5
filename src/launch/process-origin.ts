import { readFile, readlink } from 'node:fs/promises';

/** What tells this process from one of another boot or container. */
export interface ProcessOrigin {
  readonly pid: number;
  readonly bootId: string;
  /** Such as `pid:[4026531836]` (namespaces(7)). */
  readonly pidNamespace: string;
}

export async function readProcessOrigin(): Promise<ProcessOrigin> {
  const [bootId, pidNamespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    readlink('/proc/self/ns/pid'),
  ]);
  return { pid: process.pid, bootId: bootId.trim(), pidNamespace };
}
