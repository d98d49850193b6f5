/** A line of this script's own, which is no result of a test. @param {string} line */
export function say(line) {
  process.stderr.write(`test-vm: ${line}\n`);
}
