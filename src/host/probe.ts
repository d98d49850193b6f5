import { release } from 'node:os';
import { probeEngine } from './engines.ts';
import { probeProcMasks, probeSwapTotalBytes } from './proc.ts';
import { probeHostRootfs } from './rootfs.ts';
import type { CgroupFacts, HostFacts } from './types.ts';
import { probeUserns } from './userns.ts';

export interface ProbeOptions {
  /** Where to look for launchers: a PATH. */
  readonly path: string;
  /** Names of interpreters whose place is wanted. */
  readonly commands: readonly string[];
  readonly uid: number;
  readonly cgroup: CgroupFacts;
  /** An absolute path that is used instead of a search. */
  readonly bubblewrap?: string;
}

/** Reads everything that planning needs to know of the host; a few milliseconds, nothing is changed. */
export async function probeHost(options: ProbeOptions): Promise<HostFacts> {
  const [bubblewrap, usernsDenied, swapTotalBytes, hostRootfs, procMasks] = await Promise.all([
    probeEngine('bwrap', options.path, options.bubblewrap),
    probeUserns(),
    probeSwapTotalBytes(),
    probeHostRootfs(options.commands),
    probeProcMasks(),
  ]);
  return {
    kernel: release(),
    arch: process.arch,
    uid: options.uid,
    engines: { bubblewrap },
    usernsDenied,
    cgroup: options.cgroup,
    swapTotalBytes,
    hostRootfs,
    procMasks,
  };
}
