import { parseArgs } from 'node:util';
import { printEnd } from './print-end.mjs';
import { runStep } from './run-step.mjs';
import { STEPS } from './steps.mjs';
import { forbidSkips, isSuccess, sum } from './tally.mjs';

const USAGE = `usage: scripts/check [OPTIONS]   (scripts/test takes the same ones)

  --unit           only the unit and golden tests
  --only LIST      only these steps: ${STEPS.map(({ name }) => name).join(', ')}
  --without LIST   all steps but these
  --vm             the step vm too, which boots a virtual machine (some minutes)
  --all            the steps vm-all and mutants too: every host variant, on two releases of Debian, and the escape
                   suite against each control taken away
  --require LIST   fail instead of skipping where these capabilities are missing; "all" forbids every skip (sets WARDER_REQUIRE)
  --help           this text
`;

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {string | undefined} list */
function stepNames(list) {
  const names = list?.split(',') ?? [];
  const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) throw new Error(`unknown step: ${unknown.join(', ')}`);
  return names;
}

function parseOptions() {
  const { values } = parseArgs({
    options: {
      unit: { type: 'boolean' },
      only: { type: 'string' },
      without: { type: 'string' },
      vm: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      require: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const only = values.unit ? ['unit'] : stepNames(values.only);
  const without = stepNames(values.without);
  // All variants include the main ones.
  const asked = values.all ? 'all' : values.vm ? 'vm' : undefined;
  const steps = STEPS.filter(
    ({ name, when }) =>
      (only.length === 0 ? when === undefined || when === asked : only.includes(name)) &&
      !without.includes(name),
  );
  return {
    steps,
    require: values.require ?? process.env['WARDER_REQUIRE'] ?? '',
    help: values.help === true,
  };
}

/** @param {ReturnType<typeof parseOptions>} options */
async function runAll({ steps, require }) {
  if (require !== '') process.env['WARDER_REQUIRE'] = require;
  const tallies = [];
  for (const step of steps) {
    print(`\n==> ${step.title}: ${step.argv.join(' ')}`);
    tallies.push(await runStep(step));
  }
  return forbidSkips(sum(tallies), require);
}

async function main() {
  let options;
  try {
    options = parseOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return 64;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const tally = await runAll(options);
  printEnd(tally);
  return isSuccess(tally) ? 0 : 1;
}

process.exitCode = await main();
