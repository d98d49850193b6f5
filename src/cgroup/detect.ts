import { join } from 'node:path';
import { readGroupFileIfPresent, readProcFile } from './files.ts';
import {
  type CgroupMembership,
  type CgroupMount,
  directoryOf,
  parseMountinfo,
  parseProcCgroup,
} from './mountinfo.ts';
import { parseNames, parsePids } from './parse.ts';
import { type CgroupLocation, V1_CONTROLLERS, type V1Controller } from './types.ts';

/** Owner records refuse other places, so leaves made elsewhere could not be swept. */
const MOUNT_ROOT = '/sys/fs/cgroup';

/** A mount's root that begins with `/..` lies above the root of our cgroup namespace (cgroup_namespaces(7)). */
const FOREIGN_MOUNT = `what is mounted at ${MOUNT_ROOT} is not of our cgroup namespace; it needs a cgroup2 mount of its own: in a mount namespace (unshare --mount), umount -l ${MOUNT_ROOT} and mount -t cgroup2 none ${MOUNT_ROOT}`;

/**
 * Where this process may make leaves: below the group that it is in already. Reads three small files and changes
 * nothing; whether it really may, `probeCgroups` finds out. `root` is a directory that stands in for `/` in tests.
 */
export async function detectCgroups(root = '/', pid = process.pid): Promise<CgroupLocation> {
  const [membershipText, mountinfo] = await Promise.all([
    readProcFile(join(root, 'proc/self/cgroup')),
    readProcFile(join(root, 'proc/self/mountinfo')),
  ]);
  const memberships = parseProcCgroup(membershipText);
  const mounts = parseMountinfo(mountinfo).filter(isUnderMountRoot);
  const unified = locateV2(memberships, mounts);
  const unifiedDir = unified === null ? null : join(root, unified);
  const controllers = unifiedDir === null ? [] : await readControllers(unifiedDir);
  const hierarchies = locateV1(memberships, mounts, root);
  // Each controller is either in a v1 hierarchy or on v2, never in both (cgroup-v2.rst, "Mounting").
  const isHybrid = !controllers.includes('memory') && Object.keys(hierarchies).length > 0;
  if (isHybrid) return { driver: 'v1', hierarchies };
  if (unifiedDir !== null) return requireListed(unifiedDir, controllers, pid);
  const isForeign = mounts.some(({ root: shown }) => shown.split('/').includes('..'));
  const why = isForeign
    ? FOREIGN_MOUNT
    : `no mount below ${MOUNT_ROOT} shows the cgroup of this process: mount -t cgroup2 none ${MOUNT_ROOT}`;
  return { driver: 'none', why };
}

/**
 * In a cgroup namespace whose file system was not mounted anew, `/` is our own group in /proc and the whole machine's in
 * /sys/fs/cgroup: whatever is written there hits the host. Only the group's own list of processes tells.
 */
async function requireListed(
  dir: string,
  controllers: readonly string[],
  pid: number,
): Promise<CgroupLocation> {
  const members = parsePids((await readGroupFileIfPresent(dir, 'cgroup.procs')) ?? '');
  if (members.includes(pid)) return { driver: 'v2', dir, controllers };
  const why = `${dir} is not the group of this process, which it does not list; a cgroup namespace needs a cgroup2 mount of its own: in a mount namespace (unshare --mount), umount -l ${MOUNT_ROOT} and mount -t cgroup2 none ${MOUNT_ROOT}`;
  return { driver: 'none', why };
}

function isUnderMountRoot(mount: CgroupMount): boolean {
  return mount.mountPoint === MOUNT_ROOT || mount.mountPoint.startsWith(`${MOUNT_ROOT}/`);
}

function locateV1(
  memberships: readonly CgroupMembership[],
  mounts: readonly CgroupMount[],
  root: string,
): Partial<Record<V1Controller, string>> {
  const found: Partial<Record<V1Controller, string>> = {};
  for (const controller of V1_CONTROLLERS) {
    const own = memberships.find((entry) => entry.controllers.includes(controller));
    const candidates = mounts.filter(
      (mount) => mount.version === 'v1' && mount.controllers.includes(controller),
    );
    const dir = own === undefined ? null : firstDirectory(candidates, own.path);
    if (dir !== null) found[controller] = join(root, dir);
  }
  return found;
}

function locateV2(memberships: readonly CgroupMembership[], mounts: readonly CgroupMount[]): string | null {
  const own = memberships.find((entry) => entry.controllers.length === 0);
  if (own === undefined) return null;
  return firstDirectory(
    mounts.filter((mount) => mount.version === 'v2'),
    own.path,
  );
}

function firstDirectory(mounts: readonly CgroupMount[], path: string): string | null {
  for (const mount of mounts) {
    const dir = directoryOf(mount, path);
    if (dir !== null) return dir;
  }
  return null;
}

async function readControllers(dir: string): Promise<readonly string[]> {
  const text = await readGroupFileIfPresent(dir, 'cgroup.controllers');
  return parseNames(text ?? '');
}
