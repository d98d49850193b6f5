import type { LandlockPlan } from '#launch/types.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';

/** LANDLOCK_ACCESS_FS_* of linux/landlock.h, as bits. */
const FS = {
  execute: 2 ** 0,
  writeFile: 2 ** 1,
  removeDir: 2 ** 4,
  removeFile: 2 ** 5,
  makeChar: 2 ** 6,
  makeDir: 2 ** 7,
  makeReg: 2 ** 8,
  makeSock: 2 ** 9,
  makeFifo: 2 ** 10,
  makeBlock: 2 ** 11,
  makeSym: 2 ** 12,
  refer: 2 ** 13,
  truncate: 2 ** 14,
} as const;
const NET_BIND_TCP = 2 ** 0;
const NET_CONNECT_TCP = 2 ** 1;
const SCOPE_ABSTRACT_UNIX_SOCKET = 2 ** 0;
const SCOPE_SIGNAL = 2 ** 1;

/** The ABI in which each thing came (landlock(7)). Before `refer`, renaming across directories is always refused. */
export const LANDLOCK_ABI = { refer: 2, truncate: 3, net: 4, scope: 6 } as const;

/** Node makers are never granted: the program has no use for them and no right to them. */
const GRANTABLE =
  FS.writeFile +
  FS.removeDir +
  FS.removeFile +
  FS.makeDir +
  FS.makeReg +
  FS.makeSock +
  FS.makeFifo +
  FS.makeSym +
  FS.refer;

/**
 * The layer below mounts and namespaces: writing only where the policy lets the program write, no TCP without a
 * network, no signal and no abstract socket out of the sandbox, and with `writtenFiles: deny` nothing executed but
 * what the root file system brings. null where the kernel has too old an ABI, or none.
 */
export function planLandlock(
  policy: ResolvedPolicy,
  rootfs: ResolvedRootfs,
  abi: number,
): LandlockPlan | null {
  if (abi < LANDLOCK_ABI.refer) return null;
  const truncate = abi >= LANDLOCK_ABI.truncate ? FS.truncate : 0;
  const denyExecution = policy.execution.writtenFiles === 'deny';
  return {
    handledFs: GRANTABLE + FS.makeChar + FS.makeBlock + truncate + (denyExecution ? FS.execute : 0),
    handledNet:
      abi >= LANDLOCK_ABI.net && policy.network.mode === 'none' ? NET_BIND_TCP + NET_CONNECT_TCP : 0,
    scoped: abi >= LANDLOCK_ABI.scope ? SCOPE_ABSTRACT_UNIX_SOCKET + SCOPE_SIGNAL : 0,
    rules: [
      ...writablePaths(policy).map((path) => ({ path, access: GRANTABLE + truncate })),
      ...policy.devices.map((name) => ({ path: `/dev/${name}`, access: FS.writeFile + truncate })),
      ...(denyExecution ? rootfs.binds.map(({ target }) => ({ path: target, access: FS.execute })) : []),
    ],
  };
}

function writablePaths({ filesystem }: ResolvedPolicy): string[] {
  const mounts = filesystem.mounts.filter(({ readOnly }) => !readOnly).map(({ target }) => target);
  return ['/workspace', '/tmp', '/dev/shm', ...mounts];
}
