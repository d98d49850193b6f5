/** The files of /proc, /sys and /etc that checks read, as one value: a check is a pure function of it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Read whole; each is small. A directory in here stands for the files in it. */
const PATHS = [
  'proc/1/comm',
  'proc/cmdline',
  'proc/meminfo',
  'proc/self/cgroup',
  'proc/self/limits',
  'proc/self/mountinfo',
  'proc/self/status',
  'proc/self/loginuid',
  'proc/sys/fs/protected_hardlinks',
  'proc/sys/fs/protected_symlinks',
  'proc/sys/kernel/apparmor_restrict_unprivileged_userns',
  'proc/sys/kernel/core_pattern',
  'proc/sys/kernel/dmesg_restrict',
  'proc/sys/kernel/io_uring_disabled',
  'proc/sys/kernel/kptr_restrict',
  'proc/sys/kernel/perf_event_paranoid',
  'proc/sys/kernel/pid_max',
  'proc/sys/kernel/unprivileged_bpf_disabled',
  'proc/sys/kernel/unprivileged_userns_clone',
  'proc/sys/kernel/yama/ptrace_scope',
  'proc/sys/user',
  'sys/devices/system/clocksource/clocksource0/current_clocksource',
  'sys/devices/system/cpu/smt/active',
  'sys/devices/system/cpu/vulnerabilities',
  'sys/fs/cgroup/cgroup.controllers',
  'etc/group',
  'etc/os-release',
  'etc/passwd',
  'etc/subgid',
  'etc/subuid',
] as const;

export class SystemFiles {
  readonly #texts: ReadonlyMap<string, string>;

  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
  }

  /** Without leading and trailing blanks; null for a file that is not there or cannot be read. `path` has no leading slash. */
  text(path: string): string | null {
    return this.#texts.get(path)?.trim() ?? null;
  }

  /** null as well when it does not begin with a number. */
  number(path: string): number | null {
    const value = Number.parseInt(this.text(path) ?? '', 10);
    return Number.isNaN(value) ? null : value;
  }

  /** Name → text, of the files directly in a directory that is read. */
  directory(path: string): ReadonlyMap<string, string> {
    const inside = [...this.#texts].filter(([name]) => name.startsWith(`${path}/`));
    return new Map(inside.map(([name, text]) => [name.slice(path.length + 1), text.trim()]));
  }
}

/** `root` is a directory that stands in for `/` in tests. Does not reject for what cannot be read. */
export async function readSystemFiles(root = '/'): Promise<SystemFiles> {
  const found = await Promise.all(PATHS.map((path) => readPath(root, path)));
  return new SystemFiles(new Map(found.flat()));
}

async function readPath(root: string, path: string): Promise<(readonly [string, string])[]> {
  try {
    return [[path, await readFile(join(root, path), 'utf8')]];
  } catch {
    return readAll(root, path);
  }
}

async function readAll(root: string, directory: string): Promise<(readonly [string, string])[]> {
  const names = await readdir(join(root, directory)).catch(() => []);
  const texts = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(root, directory, name), 'utf8').catch(() => null);
      return text === null ? [] : [[`${directory}/${name}`, text] as const];
    }),
  );
  return texts.flat();
}

/** How many files this process has open (proc_pid_fd(5)). */
export async function countOpenFiles(): Promise<number> {
  return (await readdir('/proc/self/fd')).length;
}
