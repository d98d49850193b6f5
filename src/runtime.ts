/**
 * What one warder instance holds of the host for as long as it lives: the native program, the host's facts, the
 * cgroup driver with its owner record, the uids. Opened once, closed in reverse.
 */

import { randomBytes } from 'node:crypto';
import { detectCgroups } from '#cgroup/detect.ts';
import type { CgroupDriver } from '#cgroup/driver.ts';
import type { CgroupLocation } from '#cgroup/types.ts';
import { type CgroupOptions, type CgroupPlace, findPlace } from '#host/cgroup/place.ts';
import { settleCgroups } from '#host/cgroup/settle.ts';
import { probeHost } from '#host/probe.ts';
import { HOST_COMMAND_DIRECTORIES } from '#host/rootfs.ts';
import type { HostFacts } from '#host/types.ts';
import { toolNames } from '#languages/registry.ts';
import { type NativeProgram, openNative } from '#launch/native.ts';
import { claimOwnership, type Ownership } from '#launch/owner-record.ts';
import { ensureRuntimeDir, resolveRuntimeDir } from '#launch/runtime-dir.ts';
import { createUidPool, type UidPool } from '#launch/uid-pool.ts';
import type { Logger } from '#log/logger.ts';
import { sweepStale } from '#supervise/sweep.ts';

export interface HostRuntime {
  readonly native: NativeProgram;
  readonly facts: HostFacts;
  readonly driver: CgroupDriver | null;
  /** A name that no leaf of this instance has had; call `gone` when the leaf has been removed. */
  nextLeaf(): { readonly name: string; gone(): void };
  /** null when the supervisor is not root: then runs have its own uid. */
  readonly uids: UidPool | null;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  readonly logger: Logger;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cgroup: CgroupOptions;
  /** Whose place on the host's own tree is wanted; default those of every language. */
  readonly commands?: readonly string[];
}

/** @throws WarderError HOST_* */
export async function openRuntime({
  logger,
  env,
  cgroup,
  commands = toolNames(),
}: RuntimeOptions): Promise<HostRuntime> {
  const uid = process.geteuid?.() ?? -1;
  const native = await openNative();
  const id = randomBytes(8).toString('hex');
  let ownership: Ownership | undefined;
  let place: CgroupPlace | undefined;
  try {
    const runtimeDir = await ensureRuntimeDir(resolveRuntimeDir({ uid, env }), uid);
    const owners = { runtimeDir, nativePath: native.path };
    // Before any other process of ours is started: in our own group it would count as somebody else's, and be in the way.
    const found = await findPlace(await detectCgroups(), { id, uid, env, options: cgroup });
    place = found;
    const cgroups = (async () => {
      ownership = await claimOwnership({ ...owners, id, leafParents: leafParents(found.location) });
      await sweep(ownership, logger);
      return settleCgroups(found, native, ownership.record.leafPrefix);
    })();
    const probing = [cgroups, probeOthers(uid, { env, commands }, native.path)] as const;
    // Both to their ends, so that a claim under way is known when the other fails.
    await Promise.allSettled(probing);
    const [settled, host] = await Promise.all(probing);
    const claimed = ownership as unknown as Ownership;
    const uids = uid === 0 ? createUidPool(owners) : null;
    const leaves = countLeaves(claimed.record.leafPrefix);
    return {
      native,
      facts: { ...host, cgroup: settled.facts },
      driver: settled.driver,
      nextLeaf: leaves.next,
      uids,
      close: async () => {
        await uids?.close();
        // A leaf that could not be removed is left to the next sweep, which needs the record to find it.
        await (leaves.outstanding() === 0 ? claimed.release() : claimed.abandon());
        await place?.scope?.close();
        await native.handle.close();
      },
    };
  } catch (error) {
    await ownership?.release();
    await place?.scope?.close();
    await native.handle.close();
    throw error;
  }
}

function countLeaves(prefix: string) {
  let made = 0;
  const outstanding = new Set<string>();
  return {
    outstanding: () => outstanding.size,
    next: () => {
      const name = `${prefix}${made++}`;
      outstanding.add(name);
      return { name, gone: () => void outstanding.delete(name) };
    },
  };
}

function leafParents(location: CgroupLocation): string[] {
  if (location.driver === 'v2') return [location.dir];
  return location.driver === 'v1' ? [...new Set(Object.values(location.hierarchies))] : [];
}

async function sweep({ stale }: Ownership, logger: Logger): Promise<void> {
  if (stale.length === 0) return;
  const swept = await sweepStale(stale);
  logger.warn({ event: 'sweep', ...swept }, 'removed what a dead supervisor left behind');
}

async function probeOthers(
  uid: number,
  { env, commands }: Required<Pick<RuntimeOptions, 'env' | 'commands'>>,
  nativePath: string,
): Promise<Omit<HostFacts, 'cgroup'>> {
  return probeHost({
    uid,
    nativePath,
    path: env['PATH'] ?? '/usr/bin',
    commands,
    ...(env['WARDER_BWRAP'] ? { bubblewrap: env['WARDER_BWRAP'] } : {}),
    ...(env['WARDER_NSJAIL'] ? { nsjail: env['WARDER_NSJAIL'] } : {}),
  });
}

/** The tree that `rootfs: host` stands for on this host. */
export function hostTree({ hostRootfs }: HostFacts) {
  return { ...hostRootfs, path: HOST_COMMAND_DIRECTORIES };
}
