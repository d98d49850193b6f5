/**
 * A vitest reporter that writes a tally (tally.mjs) as JSON to the file named by WARDER_TALLY_FILE. Vitest's own JSON
 * reporter leaves out the reason of a skip and counts a file that cannot be loaded as no test at all.
 */
import { writeFileSync } from 'node:fs';
import { emptyTally } from './tally.mjs';

export default class TallyReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { message: string }[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const tally = emptyTally();
    for (const module of modules) addModule(tally, module);
    for (const { message } of unhandledErrors) tally.failed.push(`unhandled error: ${message}`);
    const file = process.env['WARDER_TALLY_FILE'];
    if (file) writeFileSync(file, JSON.stringify(tally));
  }
}

/**
 * @param {import('./tally.mjs').Tally} tally
 * @param {import('vitest/node').TestModule} module
 */
function addModule(tally, module) {
  const failedBefore = tally.failed.length;
  for (const test of module.children.allTests()) addTest(tally, module.relativeModuleId, test);
  // A file that cannot be loaded, or a hook that throws, fails the module without failing any of its tests.
  if (module.state() === 'failed' && tally.failed.length === failedBefore) {
    tally.failed.push(`${module.relativeModuleId}: failed outside its tests`);
  }
}

/**
 * @param {import('./tally.mjs').Tally} tally
 * @param {string} file
 * @param {import('vitest/node').TestCase} test
 */
function addTest(tally, file, test) {
  const result = test.result();
  const name = `${file} > ${test.fullName}`;
  if (result.state === 'passed') tally.passed += 1;
  else if (result.state === 'skipped') tally.skipped.push({ name, reason: result.note ?? 'see its title' });
  else if (result.state === 'pending' && isInSkipped(test))
    tally.skipped.push({ name, reason: 'see its title' });
  else tally.failed.push(name);
  if (test.diagnostic()?.flaky) tally.retried = [...(tally.retried ?? []), name];
}

/**
 * Vitest 4.1 gives no result to the tests of a `describe.skip` within a `describe.skip`. Any other test without a result
 * was not run although it should have been.
 *
 * @param {import('vitest/node').TestCase} test
 */
function isInSkipped(test) {
  let parent = test.parent;
  while (parent.type === 'suite') {
    if (parent.options.mode === 'skip') return true;
    parent = parent.parent;
  }
  return false;
}
