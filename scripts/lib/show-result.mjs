/**
 * Reads one JSON object from stdin, as `warder run --json` prints it (a RunResult or an error object), and shows it as
 * text. Exits 0 only for a program that ended by itself with code 0.
 */
import { text } from 'node:stream/consumers';

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {{ data: string, encoding: string }} stream */
function decode(stream) {
  return stream.encoding === 'base64' ? Buffer.from(stream.data, 'base64').toString() : stream.data;
}

/** @param {string} title @param {string} output */
function printOutput(title, output) {
  if (output === '') return;
  print(`\n${title}:`);
  for (const line of output.trimEnd().split('\n')) print(`  | ${line}`);
}

/** @param {readonly (readonly string[])[]} rows */
function printTable(rows) {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    print(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
  }
}

/** @param {unknown} value */
function show(value) {
  if (value === null) return '';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

/** @param {import('#result/run-result.ts').RunResult} result */
function printControls({ controls, weakenings }) {
  print('\nControls in force (values in ms, bytes, cores or counts):');
  printTable([
    ['CONTROL', 'VALUE', 'ENFORCED BY'],
    ...controls.map(({ control, value, enforcedBy }) => [
      control,
      show(value),
      enforcedBy.join(' + ') || (value === 'allow' || value === 'unlimited' ? '–' : 'NOBODY'),
    ]),
  ]);
  print(
    weakenings.length === 0 ? '\nWeakenings: none' : '\nWeakenings (what the policy allowed to be missing):',
  );
  for (const { id, why } of weakenings) print(`  ${id}: ${why}`);
}

/** @param {import('#result/run-result.ts').RunResult} result */
function printResult(result) {
  printOutput('The program printed', decode(result.stdout));
  printOutput('and to stderr', decode(result.stderr));
  print(`\nOutcome: ${JSON.stringify(result.outcome)}`);
  print(`Usage:   ${JSON.stringify({ ...result.usage, sources: undefined })}`);
  print(`Engine:  ${result.engine.name} ${result.engine.version}, policy ${result.policy.name}`);
  printControls(result);
  return result.outcome.kind === 'exited' && result.outcome.exitCode === 0;
}

/** @param {import('#error/warder-error.ts').WarderErrorJson} error */
function printError({ code, message, hint, details }) {
  print(`\n${code}: ${message}`);
  if (hint) print(`hint: ${hint}`);
  print(`details: ${JSON.stringify(details)}`);
  return false;
}

const input = await text(process.stdin);
if (input.trim() === '') {
  // The command has said on stderr what is wrong.
  process.exitCode = 1;
} else {
  const result = JSON.parse(input);
  const ok = result.error ? printError(result.error) : printResult(result);
  process.exitCode = ok ? 0 : 1;
}
