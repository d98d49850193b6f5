import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countTap, emptyTally, forbidSkips, withExitCode } from './tally.mjs';

/** The host cannot do what was asked, as in the command line's contract. */
const EXIT_UNSUITABLE = 69;

/**
 * Runs a step with its output shown and without stdin.
 *
 * @param {import('./steps.mjs').Step} step
 * @returns {Promise<import('./tally.mjs').Tally>}
 */
export async function runStep(step) {
  if (step.kind === 'vitest') return runVitest(step);
  const { exitCode, stdout } = await run(step.argv, {}, step.kind === 'tap');
  if (step.kind === 'tap') return tapTally(step, stdout, exitCode);
  return exitCode === 0
    ? { ...emptyTally(), passed: 1 }
    : { ...emptyTally(), failed: [`${step.title}: exit code ${exitCode}`] };
}

/**
 * Hundreds of lines that all say "ok" would hide what matters in a log, so they are shown only when one does not.
 *
 * @param {import('./steps.mjs').Step} step @param {string} stdout @param {number} exitCode
 */
function tapTally(step, stdout, exitCode) {
  const tally = withExitCode(step.title, countTap(stdout), exitCode);
  process.stdout.write(tally.failed.length > 0 ? stdout : `${tally.passed} tests passed\n`);
  return tally;
}

/** @param {import('./steps.mjs').Step} step */
async function runVitest(step) {
  const directory = mkdtempSync(join(tmpdir(), 'warder-check-'));
  try {
    const file = join(directory, 'tally.json');
    const { exitCode } = await run(step.argv, { WARDER_TALLY_FILE: file }, false);
    if (step.mayLack !== undefined && exitCode === EXIT_UNSUITABLE) {
      return lacking(step.mayLack, readTally(step, file, exitCode));
    }
    return withCoverage(step, readTally(step, file, exitCode), exitCode);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Skipped, unless WARDER_REQUIRE names it. @param {string} name @param {import('./tally.mjs').Tally} tally */
function lacking(name, tally) {
  const isRequired = (process.env['WARDER_REQUIRE'] ?? '').split(',').includes(name);
  return isRequired ? forbidSkips(tally, 'all') : tally;
}

/** @param {import('./steps.mjs').Step} step @param {string} file @param {number} exitCode */
function readTally(step, file, exitCode) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // No report: vitest found no test file, or died before the end.
    return { ...emptyTally(), failed: [`${step.title}: exit code ${exitCode}, no report`] };
  }
}

/**
 * The thresholds (vitest.config.ts) are one result of their own. Vitest judges them only when all tests passed, and
 * then tells by its exit code alone.
 *
 * @param {import('./steps.mjs').Step} step @param {import('./tally.mjs').Tally} tally @param {number} exitCode
 */
function withCoverage(step, tally, exitCode) {
  if (!step.argv.includes('--coverage')) return withExitCode(step.title, tally, exitCode);
  const name = 'coverage thresholds';
  if (tally.failed.length > 0) {
    return { ...tally, skipped: [...tally.skipped, { name, reason: 'not judged, because tests failed' }] };
  }
  if (exitCode !== 0) return { ...tally, failed: [`${name}: see the ERROR lines of ${step.title}`] };
  return withExitCode(step.title, { ...tally, passed: tally.passed + 1 }, exitCode);
}

/**
 * @param {readonly string[]} argv @param {Record<string, string>} env @param {boolean} capture
 * @returns {Promise<{ exitCode: number, stdout: string }>}
 */
function run([file = '', ...args], env, capture) {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    let stdout = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
    });
    child.on('error', (error) => {
      process.stderr.write(`${error.message}\n`);
      resolve({ exitCode: 127, stdout });
    });
    child.on('close', (code) => resolve({ exitCode: code ?? 128, stdout }));
  });
}
