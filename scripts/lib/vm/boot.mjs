import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
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
 * @param {Omit<import('./qemu.mjs').Machine, 'control' | 'console'> & {
 *   directory: string, readyMs: number, doneMs: number, prefix: string,
 * }} options  `prefix` stands before each line of the jobs' output; without one the output is passed on byte by byte
 * @returns {Promise<BootReport>}
 */
export async function bootOnce({ directory, readyMs, doneMs, prefix, ...machine }) {
  /** @type {BootReport} */
  const report = { ready: false, done: false, problem: undefined, jobs: [] };
  const control = await openControl((line) => {
    note(report, line);
    if (report.ready) clearTimeout(readyTimer);
  });
  const argv = qemuArguments({ ...machine, control: control.path, console: join(directory, 'console.log') });
  const child = startQemu(argv, machine.shell, prefix);
  const stop = (/** @type {string} */ problem) => {
    report.problem ??= problem;
    child.kill('SIGKILL');
  };
  const readyTimer = setTimeout(() => stop(`not ready after ${readyMs / 1000} s`), readyMs);
  const doneTimer = setTimeout(() => stop(`not done after ${doneMs / 1000} s`), doneMs);
  const interrupt = () => stop(INTERRUPTED);
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const end = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  clearTimeout(readyTimer);
  clearTimeout(doneTimer);
  await control.close();
  if (!report.done)
    report.problem ??= `the machine ended ${report.ready ? 'before its jobs' : 'while it booted'} (qemu: ${end})`;
  return report;
}

/**
 * The socket that the agent reports to. In the directory of temporary files, since the path of a socket has 107 bytes at most.
 *
 * @param {(line: string) => void} onLine
 */
async function openControl(onLine) {
  const directory = mkdtempSync(join(tmpdir(), 'warder-vm-'));
  const path = join(directory, 'control.sock');
  const server = createServer((socket) => {
    createInterface({ input: socket }).on('line', onLine);
  });
  await once(server.listen(path), 'listening');
  const close = async () => {
    await new Promise((resolve) => {
      server.close(resolve);
    });
    rmSync(directory, { recursive: true });
  };
  return { path, close };
}

/**
 * Through setpriv, so that no machine outlives a caller that was killed.
 *
 * @param {readonly string[]} argv @param {boolean} shell @param {string} prefix
 */
function startQemu(argv, shell, prefix) {
  // An input that ends closes the output's port too (one chardev), and the guest's writes then wait for ever: keep it open.
  const input = shell ? 'inherit' : 'pipe';
  const output = prefix === '' ? 'inherit' : 'pipe';
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', QEMU, ...argv], {
    stdio: [input, output, 'inherit'],
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => process.stdout.write(`${prefix}${line}\n`));
  }
  return child;
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

/** What the console said, which may be nothing: qemu may have ended before it made the file. @param {string} directory */
export function readConsole(directory) {
  try {
    return readFileSync(join(directory, 'console.log'), 'utf8').replaceAll(CONTROL, '').trimEnd();
  } catch {
    return '';
  }
}
