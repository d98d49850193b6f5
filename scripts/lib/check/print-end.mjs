import { summaryLine } from './tally.mjs';

/**
 * The end of a run's output: what was skipped and what failed, then the line that counts them.
 *
 * @param {import('./tally.mjs').Tally} tally
 */
export function printEnd(tally) {
  if (tally.skipped.length > 0) print('\nSkipped:');
  for (const { name, reason } of tally.skipped) print(`  ${name}: ${reason}`);
  const retried = tally.retried ?? [];
  if (retried.length > 0) print('\nPassed only at the second try, which is worth a look:');
  for (const name of retried) print(`  ${name}`);
  if (tally.failed.length > 0) print('\nFailed:');
  for (const name of tally.failed) print(`  ${name}`);
  print(`\n${summaryLine(tally)}`);
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}
