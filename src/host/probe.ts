import { release } from 'node:os';
import { probeEngine } from './engines.ts';
import { probeProcMasks, probeSwapTotalBytes } from './proc.ts';
import { probeHostRootfs } from './rootfs.ts';
import type { HostFacts } from './types.ts';
import { probeUserns } from './userns.ts';

export interface ProbeOptions {
  /** Where to look for launchers: a PATH. */
  readonly path: string;
  /** Names of interpreters whose place is wanted. */
  readonly commands: readonly string[];
  readonly uid: number;
  /** An absolute path that is used instead of a search. */
  readonly bubblewrap?: string;
}

/** Reads everything that planning needs to know of the host but its cgroups, which have a layer of their own; a few milliseconds, nothing is changed. */
export async function probeHost(options: ProbeOptions): Promise<Omit<HostFacts, 'cgroup'>> {
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
    swapTotalBytes,
    hostRootfs,
    procMasks,
  };
}
