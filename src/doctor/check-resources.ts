import { ok, skipped, warning } from './findings.ts';
import { asRoot, asUser, quote, writeFile } from './fixes/shell.ts';
import type { Check, DoctorFacts, Finding } from './types.ts';

/** A run holds about 20 descriptors of the supervisor; the default concurrency is twice the processors. */
const FEW_FILES = 512;
/** Node, a launcher, init and a program of 64 tasks. */
const FEW_TASKS = 128;
const FEW_BYTES = 64 * 1024 ** 2;
const FEW_INODES = 1000;
/** When this was written: a clock before it is wrong. */
const EARLIEST = Date.UTC(2026, 0, 1);
/** Clocks that are read without asking a slow device (kernel: timers/timekeeping.rst). */
const SLOW_CLOCKS = ['acpi_pm', 'hpet', 'pit', 'refined-jiffies', 'jiffies'];

export const RESOURCE_CHECKS: readonly Check[] = [
  {
    id: 'resources.openFiles',
    group: 'resources',
    title: 'Open files',
    why: 'Each run holds about 20 descriptors of the supervisor; without any left it is refused with HOST_RESOURCE_EXHAUSTED',
    judge: judgeOpenFiles,
  },
  {
    id: 'resources.tasks',
    group: 'resources',
    title: 'Processes and threads',
    why: 'Launchers and programs count against the limit of their user and of the service that warder runs in',
    judge: judgeTasks,
  },
  {
    id: 'resources.space',
    group: 'resources',
    title: 'Disk space',
    why: 'Locks, records and launchers need a little; what programs write lies in memory',
    judge: judgeSpace,
  },
  {
    id: 'resources.clock',
    group: 'resources',
    title: 'Clock',
    why: 'Deadlines use the monotonic clock, ids and logs the calendar',
    judge: judgeClock,
  },
];

function judgeOpenFiles({ files, openFiles }: DoctorFacts): Finding {
  const limit = limitOf(files.text('proc/self/limits'), 'Max open files');
  if (limit === null) return skipped('the limit cannot be read');
  const found = `${openFiles} open, ${limit} allowed`;
  if (limit - openFiles >= FEW_FILES) return ok(found);
  return warning(
    found,
    asUser('Raise the limit of this shell as far as its hard limit goes', 'ulimit -Sn hard'),
  );
}

function judgeTasks({ files, uid }: DoctorFacts): Finding {
  const limit = limitOf(files.text('proc/self/limits'), 'Max processes');
  if (limit === null) return skipped('the limit cannot be read');
  if (limit >= FEW_TASKS) return ok(limit === Number.POSITIVE_INFINITY ? 'unlimited' : `${limit} allowed`);
  const path = '/etc/security/limits.d/60-warder.conf';
  const fix = asRoot(
    'Raise it for this user, from the next login on (limits.conf(5))',
    writeFile(path, `${uid}:${uid} soft nproc 4096`, `${uid}:${uid} hard nproc 4096`),
  );
  return warning(`only ${limit} allowed`, fix);
}

/** The soft limit of a line of /proc/pid/limits. */
function limitOf(text: string | null, name: string): number | null {
  const value = new RegExp(`^${name} +(\\S+)`, 'm').exec(text ?? '')?.[1];
  if (value === undefined) return null;
  return value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value);
}

function judgeSpace({ space }: DoctorFacts): Finding {
  if (space.length === 0) return skipped('cannot be asked for');
  const scarce = space.filter(
    ({ freeBytes, freeInodes }) => freeBytes < FEW_BYTES || (freeInodes ?? FEW_INODES) < FEW_INODES,
  );
  const words = (scarce.length > 0 ? scarce : space).map(
    ({ path, freeBytes, freeInodes }) =>
      `${path}: ${Math.floor(freeBytes / 1024 ** 2)} MiB${freeInodes === null ? '' : ` and ${freeInodes} inodes`} free`,
  );
  const [first] = scarce;
  if (first === undefined) return ok(words.join('; '));
  return warning(
    words.join('; '),
    asRoot('See what fills it', `du -xh --max-depth=2 ${quote(first.path)} | sort -h | tail`),
  );
}

function judgeClock({ files, now }: DoctorFacts): Finding {
  const date = new Date(now).toISOString();
  if (now < EARLIEST)
    return warning(
      `${date} is in the past`,
      asRoot('Let it be set from the network', 'timedatectl set-ntp true'),
    );
  const source = files.text('sys/devices/system/clocksource/clocksource0/current_clocksource');
  if (source !== null && SLOW_CLOCKS.includes(source)) {
    return warning(
      `${source} is slow to read; tsc or kvm-clock would not be`,
      asRoot('See which there are', 'cat /sys/devices/system/clocksource/clocksource0/available_clocksource'),
    );
  }
  return ok(source === null ? date : `${date}, ${source}`);
}
