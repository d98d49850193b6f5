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

const PROGRAM = ['/usr/bin/python3', '-I', '-S', '-c', 'print("hi")'];
const rounds = Number(option('--rounds') ?? 60);
const json = process.argv.includes('--json');

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const warder = await createWarder({ concurrency: 1 });
const raw = await rawBubblewrap();
const contenders = {
  bare: () => spawnPlain(PROGRAM[0], PROGRAM.slice(1)),
  bubblewrap: () => spawnPlain(raw.path, [...raw.options, '--', ...PROGRAM], raw.ids),
  warder: () => warder.run({ argv: PROGRAM }),
};

/** The options of a plan, with data files left out: they travel by descriptor and cost raw bubblewrap the same. */
async function rawBubblewrap() {
  const inner = await openWarder({}, process.env);
  const { launch } = await inner.prepare({ argv: PROGRAM }, {});
  await inner.close();
  const options = Buffer.from(launch.blobs[0]).toString('utf8').split('\0').slice(0, -1);
  const kept = [];
  for (let i = 0; i < options.length; i++) {
    if (options[i] === '--perms' && options[i + 2] === '--ro-bind-data') i += 4;
    else if (options[i] !== '--as-pid-1') kept.push(options[i]);
  }
  const ids = process.geteuid() === 0 ? { uid: 1900009999, gid: 1900009999 } : {};
  return { path: launch.argv[0], options: kept, ids };
}

async function spawnPlain(path, args, ids = {}) {
  const { stdout, exitCode } = await execa(path, args, {
    stdin: 'ignore',
    env: {},
    extendEnv: false,
    reject: false,
    ...ids,
  });
  if (exitCode !== 0 || stdout !== 'hi') throw new Error(`${path} failed: ${exitCode} ${stdout}`);
}

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = -3; round < rounds; round++) {
  for (const [name, start] of Object.entries(contenders)) {
    const begin = performance.now();
    const result = await start();
    const ms = performance.now() - begin;
    if (name === 'warder' && result.stdout.data !== 'hi\n') throw new Error('warder failed');
    if (round >= 0) times[name].push(ms);
    // "Cold": the kernel's cgroup lock is quick again for a while after each use.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
await warder.close();

const quantile = (values, q) => values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))];
const rows = Object.entries(times).map(([name, values]) => ({
  name,
  p50Ms: quantile(values, 0.5),
  p90Ms: quantile(values, 0.9),
  ofBare: quantile(values, 0.5) / quantile(times.bare, 0.5),
  ofBubblewrap: quantile(values, 0.5) / quantile(times.bubblewrap, 0.5),
}));
if (json) process.stdout.write(`${JSON.stringify({ rounds, rows })}\n`);
else {
  process.stdout.write(`print("hi") in Python, ${rounds} interleaved rounds\n\n`);
  process.stdout.write('               p50 ms   p90 ms   of bare   of bubblewrap\n');
  for (const row of rows) {
    const cells = [
      row.p50Ms.toFixed(1),
      row.p90Ms.toFixed(1),
      row.ofBare.toFixed(2),
      row.ofBubblewrap.toFixed(2),
    ];
    process.stdout.write(
      `${row.name.padEnd(12)}${cells.map((cell, i) => cell.padStart([9, 9, 10, 16][i])).join('')}\n`,
    );
  }
}
