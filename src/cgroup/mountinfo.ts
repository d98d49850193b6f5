/** Parsers of /proc/self/mountinfo and /proc/self/cgroup (proc_pid_mountinfo(5), cgroups(7)). */

export interface CgroupMount {
  readonly version: 'v1' | 'v2';
  /** The group that is visible at the mount point; not `/` for bind mounts and inside containers. */
  readonly root: string;
  readonly mountPoint: string;
  /** v1 controllers such as `cpu` and `cpuacct`, or a named hierarchy such as `name=systemd`; empty on v2. */
  readonly controllers: readonly string[];
}

export interface CgroupMembership {
  /** v1 controllers or a named hierarchy; empty for the v2 entry (`0::`). */
  readonly controllers: readonly string[];
  readonly path: string;
}

/** The cgroup mounts, without those that a later mount at the same place hides. */
export function parseMountinfo(text: string): readonly CgroupMount[] {
  const top = new Map<string, CgroupMount | null>();
  for (const line of text.split('\n')) {
    const mount = parseMount(line);
    if (mount === null) continue;
    top.delete(mount.mountPoint);
    top.set(mount.mountPoint, mount.cgroup);
  }
  return [...top.values()].filter((mount) => mount !== null);
}

function parseMount(line: string): { mountPoint: string; cgroup: CgroupMount | null } | null {
  const fields = line.split(' ');
  // The number of optional fields varies; a lone hyphen ends them.
  const separator = fields.indexOf('-', 6);
  const [, , , root, mountPoint] = fields;
  if (separator < 0 || root === undefined || mountPoint === undefined) return null;
  const [type, , superOptions = ''] = fields.slice(separator + 1);
  const place = { root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint) };
  if (type === 'cgroup2') return { ...place, cgroup: { version: 'v2', ...place, controllers: [] } };
  if (type !== 'cgroup') return { ...place, cgroup: null };
  const controllers = superOptions.split(',').filter((option) => option !== 'rw' && option !== 'ro');
  return { ...place, cgroup: { version: 'v1', ...place, controllers } };
}

/** Space, tab, newline and backslash appear as `\040` and so on. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

/** One entry per hierarchy: `hierarchy-id:controllers:path`. The path may contain colons. */
export function parseProcCgroup(text: string): readonly CgroupMembership[] {
  const entries: CgroupMembership[] = [];
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) continue;
    entries.push({ controllers: match[1].split(',').filter((name) => name !== ''), path: match[2] });
  }
  return entries;
}

/** Where a group lies below a mount; null when the mount does not show it. */
export function directoryOf(mount: CgroupMount, groupPath: string): string | null {
  // A group outside our cgroup namespace is printed with a leading `/..` (cgroup_namespaces(7)).
  if (groupPath.split('/').includes('..') || mount.root.split('/').includes('..')) return null;
  const root = mount.root === '/' ? '' : mount.root;
  if (groupPath !== root && !groupPath.startsWith(`${root}/`)) return null;
  const below = groupPath.slice(root.length);
  return below === '/' ? mount.mountPoint : `${mount.mountPoint}${below}`;
}
