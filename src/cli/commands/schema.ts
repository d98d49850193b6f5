import type { Command } from 'commander';
import { JSON_SCHEMAS } from '#cli/json-schemas.ts';
import { printText } from '#cli/print.ts';
import { usageError } from '#cli/usage-error.ts';
import { suggest } from '#internal.ts';

const NAMES = Object.keys(JSON_SCHEMAS);

const EXAMPLES = `
Names: ${NAMES.join(', ')}

Examples:
  warder schema policy > warder-policy.schema.json
  warder schema request`;

export function defineSchema(command: Command): void {
  command
    .argument('<name>', 'which schema')
    .usage('NAME')
    .addHelpText('after', EXAMPLES)
    .action((name: string) => {
      printText(`${JSON.stringify(schemaOf(name), null, 2)}\n`);
    });
}

function schemaOf(name: string): unknown {
  const schemas: Readonly<Record<string, () => unknown>> = JSON_SCHEMAS;
  const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (make) return make();
  const near = suggest(name, NAMES);
  const hint = `${near ? `Did you mean ${near}? ` : ''}Known: ${NAMES.join(', ')}`;
  throw usageError('', `there is no schema \`${name}\``, hint);
}
