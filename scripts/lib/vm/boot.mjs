import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { QEMU, qemuArguments } from './qemu.mjs';

/** Why a machine was stopped by whoever started it. */
export const INTERRUPTED = 'interrupted';

/**
 * What the agent said: exit codes and tallies by job, and whether it came to its end.
 * @typedef {{ name: string, exitCode: number, seconds: number, tally: import('../check/tally.mjs').Tally | undefined }} JobReport
 * @typedef {{ ready: boolean, done: boolean, problem: string | undefined, jobs: JobReport[] }} BootReport
 */

/**
 * Starts the machine once and waits for its end. Ending without `done` is a failure: qemu's own exit code says nothing of
 * what happened inside.
 *
 * @param {Omit<import('./qemu.mjs').Machine, 'control' | 'console'> & { directory: string, readyMs: number, doneMs: number }} options
 * @returns {Promise<BootReport>}
 */
export async function bootOnce({ directory, readyMs, doneMs, ...machine }) {
  /** @type {BootReport} */
  const report = { ready: false, done: false, problem: undefined, jobs: [] };
  const control = join(directory, 'control.sock');
  rmSync(control, { force: true });
  const server = createServer();
  await new Promise((resolve) => {
    server.listen(control, () => resolve(undefined));
  });
  const argv = qemuArguments({ ...machine, control, console: join(directory, 'console.log') });
  // An input that ends closes the output's port too (one chardev), and the guest's writes then wait for ever: keep it open.
  const child = spawn(QEMU, argv, { stdio: [machine.shell ? 'inherit' : 'pipe', 'inherit', 'inherit'] });
  const stop = (/** @type {string} */ problem) => {
    report.problem ??= problem;
    child.kill('SIGKILL');
  };
  const readyTimer = setTimeout(() => stop(`not ready after ${readyMs / 1000} s`), readyMs);
  const doneTimer = setTimeout(() => stop(`not done after ${doneMs / 1000} s`), doneMs);
  server.on('connection', (socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      note(report, line);
      if (report.ready) clearTimeout(readyTimer);
    });
  });
  const interrupt = () => stop(INTERRUPTED);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const end = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(`qemu ended with ${code ?? signal}`));
  });
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  clearTimeout(readyTimer);
  clearTimeout(doneTimer);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (!report.done) report.problem ??= end;
  return report;
}

/** @param {BootReport} report @param {string} line */
function note(report, line) {
  const [word, name = '', ...rest] = line.split(' ');
  const last = report.jobs.at(-1);
  if (word === 'ready') report.ready = true;
  else if (word === 'done') report.done = true;
  else if (word === 'failed') report.problem = [name, ...rest].join(' ');
  else if (word === 'start') report.jobs.push({ name, exitCode: -1, seconds: 0, tally: undefined });
  else if (word === 'tally' && last?.name === name) {
    last.tally = JSON.parse(Buffer.from(rest[0] ?? '', 'base64').toString());
  } else if (word === 'end' && last?.name === name) {
    last.exitCode = Number(rest[0]);
    last.seconds = Number(rest[1]);
  }
}

/** What systemd writes to a console: cursor movements, colours, carriage returns. */
const CONTROL = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]|\r`, 'g');

/** The last lines of the console's log. @param {string} directory */
export function consoleTail(directory, lines = 50) {
  const text = readFileSync(join(directory, 'console.log'), 'utf8').replaceAll(CONTROL, '');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
