import type { Attack } from '#escape/types.ts';
import { chrootBreakout } from './chroot-breakout.ts';
import { devInventory } from './dev-inventory.ts';
import { dotdotRoot } from './dotdot-root.ts';
import { execWritten } from './exec-written.ts';
import { leakedCwd } from './leaked-cwd.ts';
import { maskSymlink } from './mask-symlink.ts';
import { mknodDevice } from './mknod-device.ts';
import { mountFlags } from './mount-flags.ts';
import { mountLegacy } from './mount-legacy.ts';
import { mountNewApi } from './mount-newapi.ts';
import { mountQuery } from './mount-query.ts';
import { nosymfollow } from './nosymfollow.ts';
import { openByHandle } from './open-by-handle.ts';
import { pivotRoot } from './pivot-root.ts';
import { procRootAlias } from './proc-root-alias.ts';
import { readHostSecret } from './read-host-secret.ts';
import { suidInWorkspace } from './suid-in-workspace.ts';
import { writeRootfs } from './write-rootfs.ts';

export const FILESYSTEM_ATTACKS: readonly Attack[] = [
  writeRootfs,
  readHostSecret,
  dotdotRoot,
  chrootBreakout,
  pivotRoot,
  mountLegacy,
  mountNewApi,
  mountQuery,
  openByHandle,
  procRootAlias,
  leakedCwd,
  execWritten,
  mknodDevice,
  devInventory,
  suidInWorkspace,
  maskSymlink,
  nosymfollow,
  mountFlags,
];
