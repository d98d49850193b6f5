/** The adapter to what the cgroup layer knows: where groups can be made, and what this kernel's groups have. */
import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { detectCgroups } from '#cgroup/detect.ts';
import type { CgroupFeatures, UserSession } from './types.ts';

export async function probeCgroupFeatures(): Promise<CgroupFeatures | null> {
  const location = await detectCgroups().catch(() => null);
  if (location?.driver !== 'v2') return null;
  const { dir } = location;
  // The root group has no knobs at all (cgroup-v2.rst, "cgroup.type").
  if (!(await exists(join(dir, 'cgroup.type')))) return null;
  const [kill, oomGroup, memoryPeak] = await Promise.all(
    ['cgroup.kill', 'memory.oom.group', 'memory.peak'].map((file) => exists(join(dir, file))),
  );
  // Without the memory controller in this group the files of memory are missing for that reason alone.
  const hasMemory = await exists(join(dir, 'memory.current'));
  return {
    kill: kill === true,
    oomGroup: oomGroup === true || !hasMemory,
    memoryPeak: memoryPeak === true || !hasMemory,
  };
}

export async function probeSession(
  uid: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<UserSession> {
  const directory = `/run/user/${uid}`;
  const [bus, lingers] = await Promise.all([
    exists(join(directory, 'bus')),
    exists(join('/var/lib/systemd/linger', userName())),
  ]);
  return { bus, lingers, runtimeDirKnown: env['XDG_RUNTIME_DIR'] === directory };
}

/** A uid without an account has no name, and systemd no manager for it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
