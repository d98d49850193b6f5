#!/usr/bin/env node
/**
 * What a sandbox costs: the bare interpreter, raw bubblewrap with the very options that warder uses, and warder cold
 * (nothing prepared ahead), interleaved in one run. Read the ratios; the milliseconds are the machine's.
 *
 *   npm run bench [-- --rounds 60] [--json]
 */
import { execa } from 'execa';
import { createWarder } from '../dist/index.js';
import { openWarder } from '../dist/internal.js';
import { option, pause, quantile, rawBubblewrap } from './lib.mjs';

const PYTHON = '/usr/bin/python3';
const ARGS = ['-I', '-S', '-c', 'print("hi")'];
/** The kernel's cgroup lock is quick again for a while after each use; a cold start is what people meet. */
const PAUSE_MS = 60;
const WARM_UP_ROUNDS = 3;

const rounds = Number(option('--rounds') ?? 60);

/** @param {{ uid?: number, gid?: number }} ids */
async function openRaw(ids) {
  const inner = await openWarder({ engine: 'bubblewrap' }, process.env);
  const { launch } = await inner.prepare({ argv: [PYTHON, ...ARGS] }, {});
  await inner.close();
  return rawBubblewrap(launch, [PYTHON, ...ARGS], ids);
}

/** @param {unknown} stdout */
function requireGreeting(stdout) {
  if (stdout !== 'hi') throw new Error(`it said ${stdout}`);
}

async function runBare() {
  requireGreeting((await execa(PYTHON, ARGS, { stdin: 'ignore', env: {}, extendEnv: false })).stdout);
}

/** @param {import('../dist/index.js').Warder} warder */
async function runInWarder(warder) {
  const { stdout, outcome } = await warder.run({ argv: [PYTHON, ...ARGS] });
  if (stdout.data !== 'hi\n') throw new Error(`warder failed: ${JSON.stringify(outcome)}`);
}

async function measure() {
  const warder = await createWarder({ concurrency: 1, engine: 'bubblewrap' });
  const ids = process.geteuid?.() === 0 ? { uid: 1_900_009_999, gid: 1_900_009_999 } : {};
  const raw = await openRaw(ids);
  const contenders = [
    { name: 'bare', times: /** @type {number[]} */ ([]), start: runBare },
    {
      name: 'bubblewrap',
      times: /** @type {number[]} */ ([]),
      start: async () => requireGreeting((await raw.run('pipe')).stdout),
    },
    { name: 'warder', times: /** @type {number[]} */ ([]), start: () => runInWarder(warder) },
  ];
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const { times, start } of contenders) {
      raw.rewind();
      const begin = performance.now();
      await start();
      if (round >= 0) times.push(performance.now() - begin);
      await pause(PAUSE_MS);
    }
  }
  await warder.close();
  return contenders;
}

const contenders = await measure();
const median = Object.fromEntries(contenders.map(({ name, times }) => [name, quantile(times, 0.5)]));
const rows = contenders.map(({ name, times }) => ({
  name,
  p50Ms: quantile(times, 0.5),
  p90Ms: quantile(times, 0.9),
  ofBare: quantile(times, 0.5) / (median['bare'] ?? 1),
  ofBubblewrap: quantile(times, 0.5) / (median['bubblewrap'] ?? 1),
}));

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rounds, rows })}\n`);
} else {
  const lines = rows.map(({ name, p50Ms, p90Ms, ofBare, ofBubblewrap }) =>
    [
      name.padEnd(12),
      p50Ms.toFixed(1).padStart(7),
      p90Ms.toFixed(1).padStart(7),
      ofBare.toFixed(2).padStart(8),
      ofBubblewrap.toFixed(2).padStart(14),
    ].join('  '),
  );
  process.stdout.write(
    `print("hi") in Python, ${rounds} interleaved rounds\n\n${' '.repeat(12)}   p50 ms   p90 ms   of bare   of bubblewrap\n${lines.join('\n')}\n`,
  );
}
