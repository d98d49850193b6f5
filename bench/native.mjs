#!/usr/bin/env node
/**
 * What the native part costs, step by step, on a cold run of `print("hi")` in Python: raw bubblewrap; the stub in front of
 * it (spawn, pipes, PIPES and OPENED, uid); init inside it (exec, READY and START, EXITED and DONE); then Landlock and
 * the seccomp filter that init installs. No cgroup, so that nothing else is in the figures. Interleaved in one run.
 *
 *   npm run bench:native [-- --rounds 60] [--json]
 */
import { execa } from 'execa';
import { openWarder } from '../dist/internal.js';
import { launchJail } from '../dist/launch/jail.js';
import { openNative } from '../dist/launch/native.js';
import { encodeStart } from '../dist/launch/protocol.js';
import { option, pause, quantile, rawOptions } from './lib.mjs';

const PROGRAM = ['/usr/bin/python3', '-I', '-S', '-c', 'print("hi")'];
/** struct sock_filter: BPF_RET | BPF_K, SECCOMP_RET_ALLOW. */
const ALLOW_ALL = Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f);
const PAUSE_MS = 40;
const WARM_UP_ROUNDS = 3;
const LIMIT_MS = 1.5;
const rounds = Number(option('--rounds') ?? 60);
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

async function rawBubblewrap() {
  await execa(launch.argv[0] ?? '', [...rawOptions(launch), '--', ...PROGRAM], {
    stdin: 'ignore',
    stdout: 'ignore',
    env: {},
    extendEnv: false,
    ...(ids ?? {}),
  });
}

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
  { name: 'bubblewrap', run: rawBubblewrap },
  { name: '+ stub', run: withStub },
  { name: '+ init', run: () => withInit(open) },
  { name: '+ Landlock', run: () => withInit({ ...open, landlock: program.spec.landlock }) },
  { name: '+ filter', run: () => withInit({}) },
].map((step) => ({ ...step, times: /** @type {number[]} */ ([]) }));

for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
  for (const { run, times } of steps) {
    const begin = performance.now();
    await run();
    if (round >= 0) times.push(performance.now() - begin);
    await pause(PAUSE_MS);
  }
}
await native.handle.close();

const rows = steps.map(({ name, times }, i) => {
  const p50Ms = quantile(times, 0.5);
  return { name, p50Ms, stepMs: i === 0 ? 0 : p50Ms - quantile(steps[i - 1]?.times ?? [], 0.5) };
});
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ rounds, limitMs: LIMIT_MS, rows })}\n`);
} else {
  const lines = rows.map(
    ({ name, p50Ms, stepMs }) =>
      `${name.padEnd(12)}${p50Ms.toFixed(2).padStart(8)}${stepMs.toFixed(2).padStart(9)}`,
  );
  process.stdout.write(
    `p50 of ${rounds} interleaved rounds, ms\n\n               total     step\n${lines.join('\n')}\n`,
  );
}
