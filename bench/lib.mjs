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

/** FD_FIRST_BLOB of protocol.h: option `--seccomp 8` means the first blob. */
const FIRST_BLOB_FD = 8;
const RAW_FILTER_FD = 3;

/**
 * The options of a plan for bubblewrap by hand, with the filter that bubblewrap itself is to install on descriptor 3. Data
 * files are left out, since they travel by descriptor, and so is the request to be process 1, which a program without an
 * init cannot fulfil.
 *
 * @param {import('../dist/launch/types.js').LaunchSpec} launch
 */
function rawOptions(launch) {
  const options = Buffer.from(launch.blobs[0] ?? [])
    .toString('utf8')
    .split('\0')
    .slice(0, -1);
  const kept = [];
  let filter = null;
  for (let i = 0; i < options.length; i++) {
    if (options[i] === '--perms' && options[i + 2] === '--ro-bind-data') i += 4;
    else if (options[i] === '--seccomp') {
      filter = launch.blobs[Number(options[++i]) - FIRST_BLOB_FD] ?? null;
      kept.push('--seccomp', String(RAW_FILTER_FD));
    } else if (options[i] !== '--as-pid-1') kept.push(options[i] ?? '');
  }
  return { options: kept, filter };
}

/**
 * A file with this content and without a name; null without a content.
 *
 * @param {Uint8Array | null} content
 */
function namelessFile(content) {
  if (!content) return null;
  const directory = mkdtempSync(join(tmpdir(), 'warder-bench-'));
  try {
    const path = join(directory, 'filter');
    writeFileSync(path, content);
    return openSync(path, 'r');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/**
 * Raw bubblewrap with the very options of a plan, ready to be started again and again.
 *
 * @param {import('../dist/launch/types.js').LaunchSpec} launch
 * @param {readonly string[]} argv the program
 * @param {{ uid?: number, gid?: number }} ids whom it runs as
 */
export function rawBubblewrap(launch, argv, ids) {
  const { options, filter } = rawOptions(launch);
  const file = namelessFile(filter);
  const args = [...options, '--', ...argv];
  /** @param {'ignore' | 'pipe'} stdout */
  return async (stdout) => {
    // Opened anew: bubblewrap reads from where the last reader of the same description has stopped.
    const fd = file === null ? 'ignore' : openSync(`/proc/self/fd/${file}`, 'r');
    try {
      return await execa(launch.argv[0] ?? '', args, {
        // execa's types know inherited descriptors only as literals.
        stdio: ['ignore', stdout, 'pipe', /** @type {4 | 'ignore'} */ (fd)],
        env: {},
        extendEnv: false,
        ...ids,
      });
    } finally {
      if (fd !== 'ignore') closeSync(fd);
    }
  };
}
