import { release } from 'node:os';
import { locateEngine, probeEngine } from './engines.ts';
import { probeLandlock } from './landlock.ts';
import { probeMountPoints } from './mounts.ts';
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
  /** The native program, which asks the kernel. */
  readonly nativePath: string;
  /** An absolute path that is used instead of a search. */
  readonly bubblewrap?: string;
  readonly nsjail?: string;
}

/** Reads everything that planning needs to know of the host but its cgroups, which have a layer of their own; a few milliseconds, nothing is changed. */
export async function probeHost(options: ProbeOptions): Promise<Omit<HostFacts, 'cgroup'>> {
  const [engines, usernsDenied, swapTotalBytes, hostRootfs, procMasks, mountPoints, landlockAbi] =
    await Promise.all([
      probeEngines(options),
      probeUserns(),
      probeSwapTotalBytes(),
      probeHostRootfs(options.commands),
      probeProcMasks(),
      probeMountPoints(),
      probeLandlock(options.nativePath),
    ]);
  return {
    kernel: release(),
    arch: process.arch,
    uid: options.uid,
    engines,
    usernsDenied,
    landlockAbi,
    swapTotalBytes,
    hostRootfs,
    procMasks,
    mountPoints,
  };
}

/** The first choice is asked what it can do; the second one only when it is needed. */
async function probeEngines(options: ProbeOptions): Promise<HostFacts['engines']> {
  const [bubblewrap, nsjail] = await Promise.all([
    probeEngine('bwrap', options.path, options.bubblewrap),
    locateEngine('nsjail', options.path, options.nsjail),
  ]);
  return { bubblewrap, nsjail };
}
