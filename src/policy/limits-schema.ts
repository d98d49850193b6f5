import * as z from 'zod';
import { type JsonShape, leaf } from './leaf.ts';
import {
  type Check,
  coresCheck,
  countCheck,
  cpuListCheck,
  durationCheck,
  sizeCheck,
  wordCheck,
} from './value-checks.ts';

const DURATION_SHAPE: JsonShape = { type: 'string', pattern: '^(\\d+(\\.\\d+)?\\s*(ms|s|m|h)|unlimited)$' };
const SIZE_TEXT: JsonShape = { type: 'string', pattern: '^\\d+(\\.\\d+)?\\s*(B|KiB|MiB|GiB)$' };
const UNLIMITED: JsonShape = { enum: ['unlimited'] };
const ZERO: JsonShape = { enum: [0] };

/** The kernel's own bound on tasks (PID_MAX_LIMIT on 64-bit, proc_sys_kernel(5) pid_max). */
const PIDS_MAX = 4_194_304;
/** The kernel keeps the figure in an unsigned int (block/blk-throttle.h, iops). */
const OPERATIONS_MAX = 4_294_967_295;
/** The default of /proc/sys/fs/nr_open (proc_sys_fs(5)): no process can have more unless the host was changed. */
const OPEN_FILES_MAX = 1_048_576;

const duration = leaf<string>(durationCheck({ unlimited: true, zero: false }), DURATION_SHAPE);
const size = leaf<string>(sizeCheck({ unlimited: false, zero: false }), SIZE_TEXT);
const sizeOrUnlimited = leaf<string>(sizeCheck({ unlimited: true, zero: false }), {
  anyOf: [SIZE_TEXT, UNLIMITED],
});
const swap = leaf<string | 0>(sizeCheck({ unlimited: true, zero: true }), {
  anyOf: [SIZE_TEXT, UNLIMITED, ZERO],
});
const core = leaf<string | 0>(sizeCheck({ unlimited: false, zero: true }), { anyOf: [SIZE_TEXT, ZERO] });
const cores = leaf<number | 'unlimited'>(coresCheck, {
  anyOf: [{ type: 'number', minimum: 0.01 }, UNLIMITED],
});
const cpuset = leaf<string | number>(cpuListCheck, {
  anyOf: [
    { type: 'string', pattern: '^\\d{1,4}(-\\d{1,4})?(,\\d{1,4}(-\\d{1,4})?)*$' },
    { type: 'integer', minimum: 0, maximum: 8191 },
    UNLIMITED,
  ],
});
const operations = leaf<number | 'unlimited'>(countCheck({ max: OPERATIONS_MAX, unlimited: true }), {
  anyOf: [{ type: 'integer', minimum: 1, maximum: OPERATIONS_MAX }, UNLIMITED],
});
const pids = leaf<number | 'unlimited'>(countCheck({ max: PIDS_MAX, unlimited: true }), {
  anyOf: [{ type: 'integer', minimum: 1, maximum: PIDS_MAX }, UNLIMITED],
});
const openFiles = count(OPEN_FILES_MAX);
const inodes = count(Number.MAX_SAFE_INTEGER);

function count(max: number): z.ZodType<number, number> {
  const check: Check = countCheck({ max, unlimited: false });
  return leaf<number>(check, { type: 'integer', minimum: 1, maximum: max });
}

const onExceed = leaf<'kill' | 'truncate'>(wordCheck(['kill', 'truncate']), { enum: ['kill', 'truncate'] });
const output = z.union([
  sizeOrUnlimited,
  z.strictObject({
    size: sizeOrUnlimited.optional().describe('Bytes kept'),
    onExceed: onExceed.optional().describe('`kill` ends the run at the cap, `truncate` throws the rest away'),
  }),
]);
const tmpfs = z.strictObject({
  size: size.optional().describe('Bytes that fit'),
  inodes: inodes.optional().describe('Files and directories that fit, where the engine can cap them'),
});
const io = z.strictObject({
  read: sizeOrUnlimited.optional().describe('Bytes read in a second'),
  write: sizeOrUnlimited.optional().describe('Bytes written in a second'),
  readOps: operations.optional().describe('Reads in a second'),
  writeOps: operations.optional().describe('Writes in a second'),
});

const numbersShape = {
  wall: duration.optional().describe('Wall-clock time'),
  cpuTime: duration.optional().describe('CPU time of the whole process tree'),
  cpu: cores.optional().describe('Cores that can be used at once'),
  io: io.optional().describe('What each disk does for the run; not limited unless set'),
  memory: sizeOrUnlimited.optional().describe('Memory of the whole process tree, tmpfs included'),
  swap: swap.optional().describe('Swap on top of memory; 0 forbids it'),
  pids: pids.optional().describe("Tasks of the program's own"),
  fileSize: sizeOrUnlimited.optional().describe('Size of one file (RLIMIT_FSIZE)'),
  openFiles: openFiles.optional().describe('Open descriptors of one process (RLIMIT_NOFILE)'),
  stack: sizeOrUnlimited.optional().describe('Stack of one process (RLIMIT_STACK)'),
  core: core.optional().describe('Size of a core file; 0 forbids them'),
  workspace: tmpfs.optional().describe('Size of /workspace'),
  tmp: tmpfs.optional().describe('Size of /tmp'),
  shm: tmpfs.optional().describe('Size of /dev/shm'),
};

export const limitsSchema = z.strictObject({
  ...numbersShape,
  cpuset: cpuset.optional().describe('Processors that can be used, such as `0-1,3`; any unless set'),
  stdout: output.optional().describe('Standard output: a size, or what happens at it too'),
  stderr: output.optional().describe('Standard error: a size, or what happens at it too'),
});

export const ceilingsSchema = z.strictObject({
  ...numbersShape,
  stdout: sizeOrUnlimited.optional().describe('Standard output'),
  stderr: sizeOrUnlimited.optional().describe('Standard error'),
});
