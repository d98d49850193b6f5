/** What the benchmarks share. */

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

/**
 * The options of a plan for bubblewrap by hand. Data files are left out, since they travel by descriptor, and so is the
 * request to be process 1, which a program without an init cannot fulfil.
 *
 * @param {import('../dist/launch/types.js').LaunchSpec} launch
 */
export function rawOptions(launch) {
  const options = Buffer.from(launch.blobs[0] ?? [])
    .toString('utf8')
    .split('\0')
    .slice(0, -1);
  const kept = [];
  for (let i = 0; i < options.length; i++) {
    if (options[i] === '--perms' && options[i + 2] === '--ro-bind-data') i += 4;
    else if (options[i] !== '--as-pid-1') kept.push(options[i] ?? '');
  }
  return kept;
}
