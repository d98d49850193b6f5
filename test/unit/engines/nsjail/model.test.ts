/** Our model against nsjail's own definition of its configuration, where its source is at hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENUMS, type FieldModel, MESSAGES, SCALARS } from '#engines/nsjail/model.ts';
import { gate } from '../../../helpers/gate.ts';

const source = process.env['WARDER_NSJAIL_SOURCE'];
const proto = source === undefined ? '' : join(source, 'config.proto');

/** Message or enum name → the text between its braces, nested ones left out. */
function bodies(text: string): ReadonlyMap<string, string> {
  const plain = text.replace(/\/\*.*?\*\//gs, '').replace(/\/\/.*$/gm, '');
  const found = new Map<string, string>();
  const nested = /\b(?:message|enum)\s+(\w+)\s*\{([^{}]*)\}/;
  let rest = plain;
  for (let match = nested.exec(rest); match; match = nested.exec(rest)) {
    found.set(match[1] ?? '', match[2] ?? '');
    rest = rest.replace(match[0], '');
  }
  return found;
}

interface ProtoField {
  readonly label: string;
  readonly type: string;
}

function fieldsOf(body: string): ReadonlyMap<string, ProtoField> {
  const matches = body.matchAll(/\b(optional|required|repeated)\s+(\w+)\s+(\w+)\s*=\s*\d+/g);
  return new Map([...matches].map(([, label = '', type = '', name = '']) => [name, { label, type }]));
}

gate(
  'nsjail-source',
  existsSync(proto),
  'WARDER_NSJAIL_SOURCE names no directory with config.proto',
)('config.proto', () => {
  const text = proto === '' ? '' : readFileSync(proto, 'utf8');
  const known = bodies(text);

  test.each(Object.entries<Readonly<Record<string, FieldModel>>>(MESSAGES))('%s', (message, fields) => {
    const theirs = fieldsOf(known.get(message) ?? '');
    const ours = Object.entries(fields).map(([name, { type, label }]) => [
      name,
      { label: label ?? 'optional', type },
    ]);
    expect(ours.length).toBeGreaterThan(0);
    expect(ours).toEqual(ours.map(([name]) => [name, theirs.get(String(name))]));
  });

  test.each(Object.entries(ENUMS))('%s', (name, members) => {
    const theirs = [...(known.get(name) ?? '').matchAll(/(\w+)\s*=\s*\d+/g)].map(([, member]) => member);
    expect([...members]).toEqual(theirs);
  });

  const WORDS = {
    MiB: /MiB/,
    KiB: /KB/,
    B: /bytes/i,
    s: /second|time/i,
    'ms per s': /milliseconds/,
  } as const;
  const units = Object.entries<FieldModel>(MESSAGES.NsJailConfig).flatMap(([name, { unit }]) =>
    unit === undefined ? [] : [[name, unit] as const],
  );

  test.each(units)('the unit of %s is %s', (name, unit) => {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => new RegExp(`\\s${name} =`).test(line));
    // The unit stands in a comment on the field's line or on those before it.
    expect(lines.slice(at - 2, at + 1).join(' ')).toMatch(WORDS[unit]);
  });
});

describe('by itself', () => {
  test('every type is a scalar, an enum or a message', () => {
    const types = Object.values(MESSAGES).flatMap((fields) =>
      Object.values<FieldModel>(fields).map(({ type }) => type),
    );
    const known: string[] = [...SCALARS, ...Object.keys(ENUMS), ...Object.keys(MESSAGES)];
    expect(types.filter((type) => !known.includes(type))).toEqual([]);
  });

  test('what the model reader of these tests sees', () => {
    const text = 'message A { /* x */ required string b = 1; enum E { ONE = 0; } repeated E c = 2; } // end';
    expect([...bodies(text)].map(([name]) => name)).toEqual(['E', 'A']);
    expect(fieldsOf(bodies(text).get('A') ?? '')).toEqual(
      new Map([
        ['b', { label: 'required', type: 'string' }],
        ['c', { label: 'repeated', type: 'E' }],
      ]),
    );
  });
});
