/** What the benchmarks share. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** @param {string} name */
export function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** @param {number} ms */
export const pause = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * @param {readonly number[]} values
 * @param {number} q
 */
export const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;

/** FD_FIRST_BLOB of protocol.h, where the options themselves are; data files and the filter come after it. */
const FIRST_BLOB_FD = 8;
const FIRST_RAW_FD = 3;
/** Options that name a descriptor. */
const WITH_DESCRIPTOR = new Set(['--seccomp', '--ro-bind-data']);

/**
 * The options of a plan for bubblewrap by hand, with descriptors from 3 on. Left out is only the request to be process 1,
 * which a program without an init cannot fulfil.
 *
 * @param {import('../dist/launch/types.js').LaunchSpec} launch
 */
function rawOptions(launch) {
  const options = Buffer.from(launch.blobs[0] ?? [])
    .toString('utf8')
    .split('\0')
    .slice(0, -1);
  return options
    .map((word, i) =>
      WITH_DESCRIPTOR.has(options[i - 1] ?? '')
        ? String(Number(word) - FIRST_BLOB_FD - 1 + FIRST_RAW_FD)
        : word,
    )
    .filter((word) => word !== '--as-pid-1');
}

/**
 * Open files with these contents and without names.
 *
 * @param {readonly Uint8Array[]} contents
 */
function namelessFiles(contents) {
  const directory = mkdtempSync(join(tmpdir(), 'warder-bench-'));
  try {
    return contents.map((content, i) => {
      const path = join(directory, String(i));
      writeFileSync(path, content);
      return openSync(path, 'r');
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Raw bubblewrap with the very options of a plan, to be started again and again, each time after a `rewind`: it reads its
 * descriptors from where the last reader has stopped.
 *
 * @param {import('../dist/launch/types.js').LaunchSpec} launch
 * @param {readonly string[]} argv the program
 * @param {{ uid?: number, gid?: number }} ids whom it runs as
 */
export function rawBubblewrap(launch, argv, ids) {
  const files = namelessFiles(launch.blobs.slice(1));
  const args = [...rawOptions(launch), '--', ...argv];
  /** @type {number[]} */
  let fds = [];
  return {
    rewind() {
      for (const fd of fds) closeSync(fd);
      fds = files.map((file) => openSync(`/proc/self/fd/${file}`, 'r'));
    },
    /** @param {'ignore' | 'pipe'} stdout */
    run(stdout) {
      // execa's types know inherited descriptors only as literals.
      const inherited = /** @type {4[]} */ (fds);
      const stdio = /** @type {const} */ (['ignore', stdout, 'pipe', ...inherited]);
      return execa(launch.argv[0] ?? '', args, { stdio, env: {}, extendEnv: false, ...ids });
    },
  };
}
