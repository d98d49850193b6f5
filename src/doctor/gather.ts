/** Everything that the checks are told, asked at the same time and each with its own deadline. */

import { release } from 'node:os';
import { dirname } from 'node:path';
import { chooseEngine, type EngineName } from '#engines/choose.ts';
import { errnoOf, isWarderError, type WarderError } from '#error/warder-error.ts';
import { probeEngine } from '#host/engines.ts';
import type { CgroupFacts, HostFacts } from '#host/types.ts';
import { type NativeProgram, nativePath, openNative } from '#launch/native.ts';
import { resolveRuntimeDir } from '#launch/runtime-dir.ts';
import type { HostIds } from '#launch/types.ts';
import { DEFAULT_UID_COUNT, DEFAULT_UID_FIRST } from '#launch/uid-pool.ts';
import type { ResolvedPolicy } from '#policy/types.ts';
import { resolveRootfs } from '#rootfs/resolve.ts';
import { hostTree } from '#runtime.ts';
import type { WarderInstance } from '#warder.ts';
import { probeCgroupFeatures, probeSession } from './delegation.ts';
import { probeLaunchers } from './launchers.ts';
import { freeSpace, makeScratch } from './scratch.ts';
import { askKernel } from './survey.ts';
import { countOpenFiles, readSystemFiles } from './system-files.ts';
import type { DoctorFacts } from './types.ts';

/** warder itself, started as every command starts it, or why it could not be. */
export type Opened =
  | { readonly instance: WarderInstance; readonly error: null }
  | { readonly instance: null; readonly error: unknown };

export interface GatherOptions {
  readonly opened: Opened;
  readonly policy: ResolvedPolicy;
  readonly engine: 'auto' | EngineName;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export async function gatherFacts({ opened, policy, engine, env }: GatherOptions): Promise<DoctorFacts> {
  const uid = process.geteuid?.() ?? -1;
  const host = opened.instance?.runtime.facts ?? null;
  const native = await tryOpenNative();
  const lease = uid === 0 ? await leaseIds(opened.instance) : null;
  const scratch = await makeScratch(lease);
  try {
    const runtimeDir = describeRuntimeDir(uid, env, opened.error);
    const [files, asked, launchers, space, openFiles, cgroupFeatures, session] = await Promise.all([
      readSystemFiles(),
      native.program ? askKernel(native.program, lease) : { survey: null, problem: native.problem },
      host === null ? probeAlone(env) : host.engines,
      Promise.all([dirname(scratch.path), runtimeDir.path].map(freeSpace)),
      countOpenFiles(),
      probeCgroupFeatures(),
      probeSession(uid, env),
    ]);
    const probes = { engines: launchers, native: native.program, scratch, ids: lease };
    return {
      ...{ uid, node: process.versions.node, arch: process.arch, kernel: release(), now: Date.now() },
      ...(await probeLaunchers(probes)),
      policy,
      neededEngines: [neededEngine(engine, policy, host)],
      files,
      native: { path: native.path, ...asked },
      runtimeDir,
      cgroup: host?.cgroup ?? unknownCgroups(opened.error),
      cgroupFeatures,
      session,
      space: space.flat(),
      openFiles,
    };
  } finally {
    await scratch.remove();
    lease?.release();
    await native.program?.handle.close();
  }
}

interface NativeFound {
  readonly path: string;
  readonly program: NativeProgram | null;
  readonly problem: string | null;
}

async function tryOpenNative(): Promise<NativeFound> {
  try {
    const program = await openNative();
    return { path: program.path, program, problem: null };
  } catch (error) {
    return { path: pathOrNothing(), program: null, problem: errnoText(error) };
  }
}

function pathOrNothing(): string {
  try {
    return nativePath();
  } catch {
    return '';
  }
}

function errnoText(error: unknown): string {
  return isWarderError(error) ? error.message : errnoOf(error);
}

interface ProbeIds extends HostIds {
  readonly release: () => void;
}

/** The ids of a run. Where none can be had, the first beyond the range, which no run has. */
async function leaseIds(instance: WarderInstance | null): Promise<ProbeIds> {
  const beyond = DEFAULT_UID_FIRST + DEFAULT_UID_COUNT;
  const spare = { uid: beyond, gid: beyond, release: () => {} };
  const lease = await instance?.runtime.uids?.lease().catch(() => null);
  return lease ? { uid: lease.uid, gid: lease.gid, release: () => lease.release() } : spare;
}

async function probeAlone(env: GatherOptions['env']) {
  const path = env['PATH'] ?? '/usr/bin';
  const [bubblewrap, nsjail] = await Promise.all([
    probeEngine('bwrap', path, env['WARDER_BWRAP']),
    probeEngine('nsjail', path, env['WARDER_NSJAIL']),
  ]);
  return { bubblewrap, nsjail };
}

/** The launcher that a run under this policy takes here. */
function neededEngine(
  wanted: 'auto' | EngineName,
  policy: ResolvedPolicy,
  host: HostFacts | null,
): EngineName {
  const preferred = wanted === 'auto' ? 'bubblewrap' : wanted;
  if (host === null) return preferred;
  try {
    const rootfs = resolveRootfs(policy.filesystem.rootfs, hostTree(host));
    return chooseEngine(wanted, { policy, host, rootfs }).engine.capabilities.name;
  } catch {
    // A launcher or a tree that is of no use: the same error comes from the checks and the runs, with its fix.
    return preferred;
  }
}

function describeRuntimeDir(
  uid: number,
  env: GatherOptions['env'],
  error: unknown,
): DoctorFacts['runtimeDir'] {
  const path = resolveRuntimeDir({ uid, env });
  const ours = isWarderError(error) && error.code === 'HOST_RUNTIME_DIR';
  return { path, problem: ours ? (error as WarderError).message : null };
}

function unknownCgroups(error: unknown): CgroupFacts {
  const unusable = { driver: `not asked, since warder could not be started: ${errnoText(error)}` };
  return { driver: 'none', controllers: [], swapLimit: false, unusable };
}
