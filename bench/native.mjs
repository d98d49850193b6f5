#!/usr/bin/env node
/**
 * What the native part costs, step by step, on a cold run of `print("hi")` in Python: raw bubblewrap; the stub in front of
 * it (spawn, pipes, PIPES and OPENED, uid); init inside it (exec, READY and START, EXITED and DONE); then Landlock and
 * the seccomp filter that init installs. No cgroup, so that nothing else is in the figures.
 *
 * The steps are small beside what the machine itself does to a run, so: rounds for as long as the time allows, each with
 * all the steps in an order of its own, and an interval with each difference. A bound is met when the whole interval is
 * below it. Read the differences; the totals are the machine's.
 *
 *   npm run bench:native [-- --seconds 75] [--json]
 */
import { openWarder } from '../dist/internal.js';
import { launchJail } from '../dist/launch/jail.js';
import { openNative } from '../dist/launch/native.js';
import { encodeStart } from '../dist/launch/protocol.js';
import { option, pause, quantile, rawBubblewrap } from './lib.mjs';
import { medianDifference, shuffle } from './statistics.mjs';

const PROGRAM = ['/usr/bin/python3', '-I', '-S', '-c', 'print("hi")'];
/** struct sock_filter: BPF_RET | BPF_K, SECCOMP_RET_ALLOW. */
const ALLOW_ALL = Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f);
/** Until the kernel has taken the namespaces of the last run apart, which it does after the exit. */
const PAUSE_MS = 15;
const WARM_UP_ROUNDS = 10;
const MIN_ROUNDS = 20;
const LIMIT_MS = 1.5;
const seconds = Number(option('--seconds') ?? 75);
const ids = process.geteuid?.() === 0 ? { uid: 1_900_009_998, gid: 1_900_009_998 } : null;

const inner = await openWarder({ engine: 'bubblewrap' }, process.env);
const { launch, program } = await inner.prepare({ argv: PROGRAM }, {});
await inner.close();
const native = await openNative();

/** @param {readonly string[]} argv */
function start(argv) {
  const joinPaths = Promise.resolve([]);
  const onTimeout = () => new Error('the stub hangs');
  return launchJail({ native, spec: { ...launch, argv }, ids, joinPaths, timeoutMs: 5000, onTimeout });
}

/** The launcher's own options, with the program in place of init; its streams are /dev/null then. */
const direct = [...launch.argv.slice(0, launch.argv.indexOf('--') + 1), ...PROGRAM];

const raw = rawBubblewrap(launch, PROGRAM, ids ?? {});

async function withStub() {
  const jail = await start(direct);
  const { exitCode } = await jail.exited;
  for (const stream of Object.values(jail.streams)) stream.destroy();
  jail.channel.close();
  if (exitCode !== 0) throw new Error(`the stub's launcher failed: ${jail.diagnostics()}`);
}

/** @param {Partial<typeof program.spec>} changes */
async function withInit(changes) {
  const jail = await start(launch.argv);
  await jail.channel.expect('ready', () => new Error(`no READY: ${jail.diagnostics()}`));
  await jail.channel.send(encodeStart({ ...program.spec, ...changes }));
  await jail.channel.expect('done', () => new Error('no DONE'));
  await jail.exited;
  for (const stream of Object.values(jail.streams)) stream.destroy();
  jail.channel.close();
}

const open = { landlock: null, filter: ALLOW_ALL, notify: false };
const steps = [
  { name: 'bubblewrap', run: () => raw.run('ignore') },
  { name: '+ stub', run: withStub },
  { name: '+ init', run: () => withInit(open) },
  { name: '+ Landlock', run: () => withInit({ ...open, landlock: program.spec.landlock }) },
  { name: '+ filter', run: () => withInit({}) },
].map((step) => ({ ...step, times: /** @type {number[]} */ ([]) }));

async function measureRound(/** @type {boolean} */ keep) {
  const order = [...steps];
  shuffle(order);
  for (const { run, times } of order) {
    raw.rewind();
    const begin = performance.now();
    await run();
    if (keep) times.push(performance.now() - begin);
    await pause(PAUSE_MS);
  }
}

const end = performance.now() + seconds * 1000;
for (let round = 0; round < WARM_UP_ROUNDS; round++) await measureRound(false);
for (let round = 0; round < MIN_ROUNDS || performance.now() < end; round++) await measureRound(true);
await native.handle.close();

/** @param {{ low: number, high: number }} interval */
function verdict({ low, high }) {
  if (high < LIMIT_MS) return 'met';
  return low >= LIMIT_MS ? 'not met' : 'not decided';
}

const rows = steps.map(({ name, times }, i) => {
  const before = steps[i - 1]?.times;
  const step = before && medianDifference(times, before);
  return { name, p50Ms: quantile(times, 0.5), ...(step && { ...step, bound: verdict(step) }) };
});
const rounds = steps[0]?.times.length;
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rounds, limitMs: LIMIT_MS, rows })}\n`);
} else {
  const ms = (/** @type {number | undefined} */ value) => (value ?? 0).toFixed(2).padStart(6);
  const lines = rows.map(({ name, p50Ms, difference, low, high, bound }) => {
    const step = bound && `  ${ms(difference)}   ${ms(low)} … ${ms(high)}   ${bound}`;
    return `${name.padEnd(12)}${ms(p50Ms)}${step ?? ''}`;
  });
  process.stdout.write(
    `${rounds} rounds in random order, ms; the bound of each step is ${LIMIT_MS} ms\n\n               p50    step   95 % interval     bound\n${lines.join('\n')}\n`,
  );
}
