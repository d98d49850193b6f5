/**
 * Counting of results. A tally is `{ passed, failed: string[], skipped: { name, reason }[] }`: names rather than
 * numbers, so that the end of a long log can say which ones. `retried` names those among the passed that failed at first.
 *
 * @typedef {{ name: string, reason: string }} Skip
 * @typedef {{ passed: number, failed: string[], skipped: Skip[], retried?: string[] }} Tally
 */

/** @returns {Tally} */
export function emptyTally() {
  return { passed: 0, failed: [], skipped: [] };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    skipped: tallies.flatMap(({ skipped }) => skipped),
    retried: tallies.flatMap(({ retried }) => retried ?? []),
  };
}

const TAP_LINE = /^(not )?ok\b\s*(?:\d+)?\s*(?:- )?(.*)$/;
const TAP_SKIP = /^(.*?)\s*# skip\S*\s*(.*)$/i;

/**
 * Counts the test lines of a TAP stream (https://testanything.org/tap-version-14-specification.html).
 *
 * @param {string} text
 * @returns {Tally}
 */
export function countTap(text) {
  const tally = emptyTally();
  for (const line of text.split('\n')) {
    const match = TAP_LINE.exec(line);
    if (!match) continue;
    const [, not, name = ''] = match;
    const skip = TAP_SKIP.exec(name);
    if (not) tally.failed.push(name);
    else if (skip) tally.skipped.push({ name: skip[1] ?? '', reason: skip[2] || 'no reason given' });
    else tally.passed += 1;
  }
  return tally;
}

/**
 * What a program's exit code adds to its own account: a failure that it did not name, or that it ran nothing.
 *
 * @param {string} step
 * @param {Tally} tally
 * @param {number} exitCode
 * @returns {Tally}
 */
export function withExitCode(step, tally, exitCode) {
  const ran = tally.passed + tally.failed.length + tally.skipped.length;
  if (tally.failed.length > 0) return tally;
  if (exitCode !== 0) return { ...tally, failed: [`${step}: exit code ${exitCode}`] };
  return ran === 0 ? { ...tally, failed: [`${step}: no test ran`] } : tally;
}

/**
 * WARDER_REQUIRE=all forbids every skip. (Names of single capabilities are for the tests themselves to read.)
 *
 * @param {Tally} tally
 * @param {string} required comma-separated
 * @returns {Tally}
 */
export function forbidSkips(tally, required) {
  if (!required.split(',').includes('all')) return tally;
  const failed = tally.skipped.map(
    ({ name, reason }) => `${name}: skipped (${reason}), but WARDER_REQUIRE=all`,
  );
  return { ...tally, failed: [...tally.failed, ...failed], skipped: [] };
}

/** @param {Tally} tally */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}

/**
 * A run in which nothing ran proves nothing, so it is a failure too.
 *
 * @param {Tally} tally
 */
export function isSuccess({ passed, failed }) {
  return failed.length === 0 && passed > 0;
}
