import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printEnd } from '../check/print-end.mjs';
import { emptyTally, isSuccess, sum, withExitCode } from '../check/tally.mjs';
import { INTERRUPTED } from './boot.mjs';
import { UnsuitableHost } from './cache.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { runSession, say } from './session.mjs';
import { VARIANTS } from './variants.mjs';

/** The host cannot do it; scripts/lib/check/run-step.mjs counts that as skipped. */
const EXIT_UNSUITABLE = 69;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * @param {ReturnType<typeof parseOptions>} options
 * @returns {import('./session.mjs').Session[]}
 */
function sessionsOf({ guests, variants, shell }) {
  const chosen = VARIANTS.filter(({ name }) => variants.includes(name));
  const boots = [...new Set(chosen.map(({ boot }) => boot))].slice(0, shell ? 1 : undefined);
  return guests.flatMap((guest) =>
    boots
      .map((boot) => ({
        guest,
        boot,
        variants: chosen.filter((variant) => variant.boot === boot && variant.guests.includes(guest)),
      }))
      .filter((session) => session.variants.length > 0),
  );
}

/**
 * A job that was never started, because the machine did not come so far, has failed like any other.
 *
 * @param {import('./session.mjs').Session} session @param {import('./boot.mjs').BootReport} report
 */
function tallyOf({ guest, boot, variants }, report) {
  const tallies = variants.map(({ name }, index) => {
    const title = `vm ${guest}/${name}`;
    const job = report.jobs[index];
    if (!job) return { ...emptyTally(), failed: [`${title}: not run (${report.problem})`] };
    const exitCode = job.exitCode === 0 && !job.tally ? -1 : job.exitCode;
    return withExitCode(title, named(title, job.tally ?? emptyTally()), exitCode);
  });
  const machine = report.done
    ? []
    : [{ ...emptyTally(), failed: [`vm ${guest}, ${boot} boot: ${report.problem}`] }];
  return sum([...tallies, ...machine]);
}

/** @param {string} title @param {import('../check/tally.mjs').Tally} tally */
function named(title, { passed, failed, skipped }) {
  return {
    passed,
    failed: failed.map((name) => `${title} > ${name}`),
    skipped: skipped.map(({ name, reason }) => ({ name: `${title} > ${name}`, reason })),
  };
}

/** @param {import('./boot.mjs').BootReport} report */
function sayTimes({ jobs }) {
  for (const { name, exitCode, seconds } of jobs) say(`${name}: exit code ${exitCode} after ${seconds} s`);
}

/** @param {ReturnType<typeof parseOptions>} options */
async function runTests(options) {
  const tallies = [];
  let wasInterrupted = false;
  for (const session of sessionsOf(options)) {
    if (wasInterrupted) continue;
    const report = await runSession(session, options, ROOT);
    wasInterrupted = report.problem === INTERRUPTED;
    sayTimes(report);
    tallies.push(tallyOf(session, report));
  }
  const tally = sum(tallies);
  writeTally(tally);
  printEnd(tally);
  return isSuccess(tally) ? 0 : 1;
}

/** For scripts/check, which counts it as its own. @param {import('../check/tally.mjs').Tally} tally */
function writeTally(tally) {
  const file = process.env['WARDER_TALLY_FILE'];
  if (file) writeFileSync(file, JSON.stringify(tally));
}

/** The exit code of the first command that failed, 70 when the machine did. @param {ReturnType<typeof parseOptions>} options */
async function runCommand(options) {
  for (const session of sessionsOf(options)) {
    const report = await runSession(session, options, ROOT);
    if (session.variants.length > 1) sayTimes(report);
    const failed = report.jobs.find(({ exitCode }) => exitCode !== 0);
    if (failed && failed.exitCode > 0) return failed.exitCode;
    if (!report.done) return 70;
  }
  return 0;
}

/** @param {ReturnType<typeof parseOptions>} options */
async function runAll(options) {
  try {
    return await (options.shell || options.run !== undefined ? runCommand(options) : runTests(options));
  } catch (error) {
    if (!(error instanceof UnsuitableHost)) throw error;
    say(error.message);
    writeTally({ ...emptyTally(), skipped: [{ name: 'vm', reason: error.message }] });
    return EXIT_UNSUITABLE;
  }
}

async function main() {
  let options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 64;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (
    options.build &&
    spawnSync('bash', ['scripts/build'], { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0
  )
    return 70;
  return runAll(options);
}

process.exitCode = await main();
