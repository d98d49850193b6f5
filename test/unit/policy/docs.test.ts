import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type JsonSchema, policyJsonSchema } from '#policy/json-schema.ts';
import { listShippedPolicies } from '#policy/load.ts';
import { FIELD_ORDERS } from '#policy/strictness.ts';
import { CONTROLS } from '#result/control.ts';
import { load, report } from './policy-files.ts';

const TEXT = readFileSync(new URL('../../../docs/policies.md', import.meta.url), 'utf8');
const EXAMPLES = [...TEXT.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => String(match[1]));

test('there are examples', () => expect(EXAMPLES.length).toBeGreaterThanOrEqual(4));

test.each(EXAMPLES)('the example loads:\n%s', async (example) => {
  expect((await load(example)).files.length).toBeGreaterThan(1);
});

test('every key of the schema is mentioned', () => {
  const missing = [...new Set(keysOf(policyJsonSchema()))].filter((key) => !isMentioned(key));
  expect(missing).toEqual([]);
});

test('every shipped policy is in the table, and no other', async () => {
  const table = TEXT.slice(0, TEXT.indexOf('`--policy`'));
  const named = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect(named.sort()).toEqual(await listShippedPolicies());
});

test('every field that a request can widen is in the table of requests', () => {
  const table = TEXT.slice(TEXT.indexOf('## Requests'), TEXT.indexOf('## Mistakes'));
  const fields = FIELD_ORDERS.map(({ path }) => path.replace('.*', '')).filter((path) => path !== 'ceilings');
  const missing = fields.filter((path) => !table.includes(`\`${path.replace(/^limits\..*\./, '')}\``));
  expect(missing).toEqual([]);
});

test('the messages shown are those that are given', async () => {
  const text = 'version: 1\nname: homework\nextends: [base]\n# one\nlimits:\n  memroy: 1GiB\n  wall: 30\n';
  const shown = [...TEXT.matchAll(/^homework\.yaml:(\d+:\d+): (.*)$/gm)].map(
    (match) => `${match[1]} ${match[2]}`,
  );
  const given = (await report(() => load(text))).map((line) =>
    line.replace(/ \((\w+)\)$/, ', did you mean `$1`?'),
  );
  expect(shown).toEqual(given);
});

test('controls in examples are controls', () => {
  const listed = [...TEXT.matchAll(/allowDegraded: \[([a-zA-Z]+)\]/g)].map((match) => match[1]);
  expect(listed.filter((control) => !CONTROLS.some((known) => known === control))).toEqual([]);
});

/** In code, not in prose, where many keys are ordinary words. */
function isMentioned(key: string): boolean {
  const code = [...TEXT.matchAll(/^```\w+\n[\s\S]*?^```$|`[^`\n]+`/gm)].map((match) => match[0]).join('\n');
  return new RegExp(`(?<![\\w+])${key.replace('+', '\\+')}(?!\\w)`).test(code);
}

function keysOf(schema: JsonSchema): readonly string[] {
  const nested = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])];
  const sections = nested.filter((child) => typeof child === 'object');
  const properties = Object.entries(schema.properties ?? {});
  return [...properties.flatMap(([key, child]) => [key, ...keysOf(child)]), ...sections.flatMap(keysOf)];
}
