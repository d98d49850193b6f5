import { lstat, readFile } from 'node:fs/promises';

/**
 * Files of /proc that say things of the host or of other users: keyrings of the uid, the kernel's command line,
 * timers and scheduler state of every process (the list that container engines mask, less what a namespace hides).
 */
export const TELLING_PROC_FILES: readonly string[] = [
  '/proc/cmdline',
  '/proc/interrupts',
  '/proc/key-users',
  '/proc/keys',
  '/proc/kcore',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/sysrq-trigger',
  '/proc/timer_list',
  '/proc/timer_stats',
  // Names the host, and two runs as neighbours, for as long as it is up (random(4)).
  '/proc/sys/kernel/random/boot_id',
];

export async function probeProcMasks(): Promise<string[]> {
  const found = await Promise.all(
    TELLING_PROC_FILES.map((path) =>
      lstat(path).then(
        (stat) => (stat.isFile() ? [path] : []),
        () => [],
      ),
    ),
  );
  return found.flat();
}

/** Bytes of active swap (proc(5), /proc/meminfo); 0 when there is none. */
export async function probeSwapTotalBytes(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8');
  return Number(/^SwapTotal:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}
