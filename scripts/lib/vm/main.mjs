import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printEnd } from '../check/print-end.mjs';
import { emptyTally, isSuccess, sum, withExitCode } from '../check/tally.mjs';
import { INTERRUPTED } from './boot.mjs';
import { ensureImage, ensureModules, UnsuitableHost } from './cache.mjs';
import { inLanes, laneCount } from './lanes.mjs';
import { parseOptions, USAGE } from './options.mjs';
import { say } from './say.mjs';
import { runSession } from './session.mjs';
import { VARIANTS } from './variants.mjs';

/** The host cannot do it; scripts/lib/check/run-step.mjs counts that as skipped. */
const EXIT_UNSUITABLE = 69;
const EXIT_MACHINE = 70;
const EXIT_INTERRUPTED = 130;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Tests have a machine for each group of variants; commands, which take seconds, share one for each boot.
 *
 * @param {ReturnType<typeof parseOptions>} options
 * @returns {import('./session.mjs').Session[]}
 */
function sessionsOf({ guests, variants, shell, run }) {
  const group = shell || run !== undefined ? 'boot' : 'machine';
  const chosen = VARIANTS.filter(({ name }) => variants.includes(name));
  const groups = [...new Set(chosen.map((variant) => variant[group]))].slice(0, shell ? 1 : undefined);
  return guests.flatMap((guest) =>
    groups.flatMap((name) => {
      const members = chosen.filter((variant) => variant[group] === name && variant.guests.includes(guest));
      return members[0] ? [{ guest, boot: members[0].boot, variants: members, prefix: '' }] : [];
    }),
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

/** @param {import('./session.mjs').Session} session @param {import('./boot.mjs').BootReport} report */
function sayTimes({ guest, variants }, { jobs }) {
  jobs.forEach(({ exitCode, seconds }, index) => {
    const end = exitCode === -1 ? 'did not come to its end' : `exit code ${exitCode} after ${seconds} s`;
    say(`${guest}/${variants[index]?.name}: ${end}`);
  });
}

/**
 * A machine that could not even be started must not take the one beside it down.
 *
 * @param {unknown} error @returns {import('./boot.mjs').BootReport}
 */
function asReport(error) {
  return { ready: false, done: false, problem: messageOf(error), jobs: [] };
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {ReturnType<typeof parseOptions>} options */
async function runTests(options) {
  const sessions = sessionsOf(options);
  const count = Math.min(laneCount(), sessions.length);
  let wasInterrupted = false;
  const tallies = await inLanes(sessions, count, async (session) => {
    if (wasInterrupted) return emptyTally();
    const prefix = sessions.length > 1 ? `${session.guest}/${session.variants[0]?.machine}| ` : '';
    const report = await runSession({ ...session, prefix }, options, ROOT).catch(asReport);
    wasInterrupted ||= report.problem === INTERRUPTED;
    sayTimes(session, report);
    return tallyOf(session, report);
  });
  const tally = sum(tallies);
  writeTally(tally);
  printEnd(tally);
  if (wasInterrupted) return EXIT_INTERRUPTED;
  return isSuccess(tally) ? 0 : 1;
}

/** For scripts/check, which counts it as its own. @param {import('../check/tally.mjs').Tally} tally */
function writeTally(tally) {
  const file = process.env['WARDER_TALLY_FILE'];
  if (file) writeFileSync(file, JSON.stringify(tally));
}

/**
 * The exit code of the first command that failed; when the machine did, 70.
 *
 * @param {ReturnType<typeof parseOptions>} options
 */
async function runCommand(options) {
  for (const session of sessionsOf(options)) {
    const report = await runSession(session, options, ROOT);
    if (report.problem === INTERRUPTED) return EXIT_INTERRUPTED;
    if (session.variants.length > 1) sayTimes(session, report);
    const failed = report.jobs.find(({ exitCode }) => exitCode !== 0);
    if (failed && failed.exitCode > 0) return failed.exitCode;
    if (!report.done) return EXIT_MACHINE;
  }
  return 0;
}

/** @param {ReturnType<typeof parseOptions>} options */
async function runAll(options) {
  try {
    // Before anything boots: making an image takes the whole of this process.
    for (const guest of options.guests) ensureImage(guest, options.rebuild);
    ensureModules(ROOT);
    return await (options.shell || options.run !== undefined ? runCommand(options) : runTests(options));
  } catch (error) {
    const reason = messageOf(error);
    say(reason);
    const isSkip = error instanceof UnsuitableHost;
    const tally = isSkip ? { skipped: [{ name: 'vm', reason }] } : { failed: [`vm: ${reason}`] };
    writeTally({ ...emptyTally(), ...tally });
    return isSkip ? EXIT_UNSUITABLE : EXIT_MACHINE;
  }
}

async function main() {
  let options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
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
    return EXIT_MACHINE;
  return runAll(options);
}

process.exitCode = await main();
