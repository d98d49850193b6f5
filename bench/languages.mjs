#!/usr/bin/env node
/**
 * What the languages cost: size and build time of each tree, and `hello` in it when everything is warm (tree checked,
 * source compiled), against the bare interpreter or binary on this host, interleaved in one run. Read the ratios; the
 * milliseconds are the machine's. Trees are built one after the other into a store that is removed in the end.
 *
 *   npm run bench:languages [-- --rounds 20] [--engine nsjail] [--only python,c] [--json]
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LANGUAGES, openWarder, rootfsCommands } from '../dist/internal.js';
import { removeTree } from '../dist/rootfs/harden.js';
import { openBareHello } from './bare-hello.mjs';
import { option, pause, quantile } from './lib.mjs';

/** The kernel's cgroup lock is quick again for a while after each use; people meet it cold. */
const PAUSE_MS = 60;
const rounds = Number(option('--rounds') ?? 20);
const engine = option('--engine') === 'nsjail' ? 'nsjail' : 'bubblewrap';
const only = option('--only')?.split(',');

const store = mkdtempSync(join(tmpdir(), 'warder-bench-store-'));
chmodSync(store, 0o755);
const cache = mkdtempSync(join(tmpdir(), 'warder-bench-cache-'));
const env = { ...process.env, WARDER_ROOTFS_STORE: store, WARDER_CACHE: cache };

/** @param {string} name */
async function build(name) {
  const { buildRootfs } = await rootfsCommands();
  const builder = /** @type {const} */ ('closure');
  const options = { env, builder, mirror: null, downloadTimeoutMs: 1000, onProgress: () => {} };
  const { record, buildMs } = await buildRootfs(name, options);
  return { name, bytes: record.bytes, files: record.files, buildMs };
}

/**
 * @param {import('../dist/internal.js').WarderInstance} warder
 * @param {import('../dist/internal.js').Language} language
 */
async function measure(warder, { id, hello }) {
  const run = async () => {
    const started = performance.now();
    const result = await warder.run({ language: id, code: hello });
    if (result.stdout.data !== 'hello\n' || result.rootfs.name === 'host')
      throw new Error(`${id} failed: ${JSON.stringify(result.outcome)} ${result.stderr.data}`);
    return { ms: performance.now() - started, bytes: result.usage.memoryPeakBytes };
  };
  const bare = await openBareHello(warder, { id, hello });
  try {
    const bareBytes = [await bare.peakBytes(), await bare.peakBytes(), await bare.peakBytes()];
    await bare.run();
    await run();
    const times = { bare: /** @type {number[]} */ ([]), warder: /** @type {number[]} */ ([]) };
    const bytes = /** @type {(number | null)[]} */ ([]);
    for (let round = 0; round < rounds; round++) {
      await pause(PAUSE_MS);
      times.bare.push(await bare.run());
      await pause(PAUSE_MS);
      const ran = await run();
      times.warder.push(ran.ms);
      bytes.push(ran.bytes);
    }
    return {
      ...{ id, bareMs: quantile(times.bare, 0.5), warderMs: quantile(times.warder, 0.5) },
      ...{ bareBytes: median(bareBytes), warderBytes: median(bytes) },
    };
  } finally {
    bare.remove();
  }
}

/** @param {readonly (number | null)[]} values */
function median(values) {
  const known = values.flatMap((value) => (value === null ? [] : [value]));
  return known.length < values.length ? null : quantile(known, 0.5);
}

async function measureAll() {
  const trees = [];
  const hellos = [];
  const skipped = [];
  const warder = await openWarder({ concurrency: 1, engine }, env);
  try {
    for (const language of LANGUAGES) {
      if (only && !only.includes(language.id)) continue;
      try {
        // TypeScript runs in JavaScript's tree.
        if (language.id !== 'typescript') trees.push(await build(language.id));
        hellos.push(await measure(warder, language));
      } catch (error) {
        const [why] = (error instanceof Error ? error.message : String(error)).split('\n');
        skipped.push({ id: language.id, why });
      }
    }
  } finally {
    await warder.close();
  }
  return { engine, rounds, trees, hellos, skipped };
}

const mb = (/** @type {number | null} */ bytes) => (bytes === null ? '–' : (bytes / 1e6).toFixed(1));
const ratio = (/** @type {number | null} */ a, /** @type {number | null} */ b) =>
  a === null || b === null ? '–' : (a / b).toFixed(2);

/** @param {Awaited<ReturnType<typeof measureAll>>} measured */
function markdown({ trees, hellos, skipped }) {
  const sizes = trees.map(
    ({ name, bytes, files, buildMs }) =>
      `| ${name} | ${mb(bytes)} MB | ${files} | ${(buildMs / 1000).toFixed(1)} s |`,
  );
  const costs = hellos.map(
    ({ id, bareMs, warderMs, bareBytes, warderBytes }) =>
      `| ${id} | ${bareMs.toFixed(1)} ms | ${warderMs.toFixed(1)} ms | ${ratio(warderMs, bareMs)} | ${mb(bareBytes)} MB | ${mb(warderBytes)} MB | ${ratio(warderBytes, bareBytes)} |`,
  );
  return [
    ...['| tree | size | files | built in |', '|---|---|---|---|', ...sizes, ''],
    `Warm \`hello\`, medians of ${rounds} interleaved rounds, ${engine}:`,
    '',
    '| language | bare | in its tree | ratio | peak memory, bare | in its tree | ratio |',
    ...['|---|---|---|---|---|---|---|', ...costs, ''],
    ...skipped.map(({ id, why }) => `Not measured: ${id}, ${why}`),
  ].join('\n');
}

try {
  const measured = await measureAll();
  const json = process.argv.includes('--json');
  process.stdout.write(`${json ? JSON.stringify(measured) : markdown(measured)}\n`);
} finally {
  await removeTree(store);
  rmSync(cache, { recursive: true, force: true });
}
