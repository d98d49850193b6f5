import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ENUMS,
  type FieldModel,
  MESSAGES,
  type MessageName,
  type NsjailConfig,
} from '#engines/nsjail/model.ts';
import { writeComment, writeTextFormat } from '#engines/nsjail/text-format.ts';
import { isWarderError } from '#error/warder-error.ts';
import { type Parsed, parseText } from './parse-text.ts';

test('one field a line, messages indented', () => {
  const config: NsjailConfig = {
    mode: 'ONCE',
    time_limit: 7,
    nice_level: -5,
    keep_env: false,
    pass_fd: [3, 4],
    uidmap: [{ inside_id: '1000', outside_id: '', count: 1 }],
    exec_bin: { path: '/bin/true', arg: [] },
  };
  expect(writeTextFormat('NsJailConfig', config)).toBe(
    `mode: ONCE
time_limit: 7
nice_level: -5
keep_env: false
pass_fd: 3
pass_fd: 4
uidmap {
  inside_id: "1000"
  outside_id: ""
  count: 1
}
exec_bin {
  path: "/bin/true"
}
`,
  );
});

test('every byte that is not plain is escaped', () => {
  const src_content = Buffer.from([0, 0x31, 7, 0x0a, 0x0d, 0x22, 0x5c, 0x27, 0x7f, 0x80, 0xff, 0x41]);
  const text = writeTextFormat('MountPt', { src_content, dst: 'ü\u001b[31m' });
  expect(text).toBe(
    String.raw`src_content: "\0001\007\n\015\"\\'\177\200\377A"
dst: "\303\274\033[31m"
`,
  );
});

/** Any value of a message, by the model. */
function messageOf(name: MessageName): fc.Arbitrary<object> {
  const fields = Object.entries<FieldModel>(MESSAGES[name]);
  const required = fields.filter(([, { label }]) => label === 'required').map(([field]) => field);
  const shapes = fields.map(([field, model]) => {
    const one = arbitraryOf(model);
    return [field, model.label === 'repeated' ? fc.array(one, { maxLength: 3 }) : one] as const;
  });
  return fc.record(Object.fromEntries(shapes), { requiredKeys: required });
}

function arbitraryOf({ type }: FieldModel): fc.Arbitrary<unknown> {
  const text = fc.string({ unit: 'binary' });
  switch (type) {
    case 'string':
      return fc.oneof(
        text.filter((value) => !value.includes('\0')),
        fc.uint8Array().filter((value) => !value.includes(0)),
      );
    case 'bytes':
      return fc.oneof(text, fc.uint8Array());
    case 'bool':
      return fc.boolean();
    case 'int32':
      return fc.integer();
    case 'uint32':
      return fc.integer({ min: 0, max: 2 ** 32 - 1 });
    case 'int64':
      return fc.maxSafeInteger();
    case 'uint64':
      return fc.maxSafeNat();
    case 'IdMap':
    case 'MountPt':
    case 'Exe':
      return messageOf(type);
    default:
      return fc.constantFrom(...ENUMS[type]);
  }
}

/** What the parser must give for a value: text as its bytes, lists without the empty ones. */
function asParsed(value: object): Parsed {
  const fields = Object.entries(value).map(([name, content]: [string, unknown]) => {
    const items: unknown[] = Array.isArray(content) ? content : [content];
    return [name, items.map((item) => oneAsParsed(name, item))] as const;
  });
  return Object.fromEntries(fields.filter(([, items]) => items.length > 0));
}

const ENUM_FIELD = /^(?:mode|log_level|rlimit_\w+_type)$/;

function oneAsParsed(name: string, item: unknown) {
  if (item instanceof Uint8Array) return Buffer.from(item);
  if (typeof item === 'string' && !ENUM_FIELD.test(name)) return Buffer.from(item, 'utf8');
  return typeof item === 'object' && item !== null ? asParsed(item) : String(item);
}

test('what is written is read back as it was, whatever the bytes', () => {
  fc.assert(
    fc.property(messageOf('NsJailConfig'), (value) => {
      const text = writeTextFormat('NsJailConfig', value as NsjailConfig);
      expect(text).toMatch(/^[\n\x20-\x7e]*$/);
      expect(parseText(text)).toEqual(asParsed(value));
    }),
    { numRuns: 300 },
  );
});

describe('refused as our bug', () => {
  test.each<[string, MessageName, object]>([
    ['an unknown field', 'NsJailConfig', { cgroup_memory: 1 }],
    ['a field of Object.prototype', 'NsJailConfig', { toString: 'x' }],
    ['undefined', 'NsJailConfig', { cwd: undefined }],
    ['a missing required field', 'MountPt', { src: '/' }],
    ['a number as text', 'NsJailConfig', { hostname: 7 }],
    ['text as a number', 'NsJailConfig', { time_limit: '7' }],
    ['a number as a switch', 'NsJailConfig', { keep_env: 0 }],
    ['a fraction', 'NsJailConfig', { time_limit: 1.5 }],
    ['not a number', 'NsJailConfig', { time_limit: Number.NaN }],
    ['infinity', 'NsJailConfig', { rlimit_cpu: Number.POSITIVE_INFINITY }],
    ['a negative unsigned', 'NsJailConfig', { time_limit: -1 }],
    ['beyond 32 bits', 'NsJailConfig', { time_limit: 2 ** 32 }],
    ['beyond signed 32 bits', 'NsJailConfig', { nice_level: 2 ** 31 }],
    ['below signed 32 bits', 'NsJailConfig', { nice_level: -(2 ** 31) - 1 }],
    ['beyond exact numbers', 'NsJailConfig', { cgroup_mem_max: 2 ** 53 }],
    ['a word that is no member', 'NsJailConfig', { mode: 'TWICE' }],
    ['one where many belong', 'NsJailConfig', { pass_fd: 3 }],
    ['many where one belongs', 'NsJailConfig', { cwd: ['/'] }],
    ['text as a message', 'NsJailConfig', { exec_bin: '/bin/sh' }],
    ['null as a message', 'NsJailConfig', { mount: [null] }],
    ['a NUL in text', 'NsJailConfig', { hostname: 'a\0b' }],
    ['a NUL in bytes for text', 'NsJailConfig', { hostname: new Uint8Array([65, 0]) }],
    ['half a character', 'NsJailConfig', { hostname: 'a\ud800' }],
    ['half a character in content', 'MountPt', { dst: '/x', src_content: '\udc00' }],
    ['a wrong field further in', 'NsJailConfig', { mount: [{ dst: '/', readonly: true }] }],
  ])('%s', (_, message, value) => {
    const write = () => writeTextFormat(message, value as NsjailConfig);
    expect(write).toThrow();
    try {
      write();
    } catch (error) {
      expect(isWarderError(error) && error.code).toBe('INTERNAL_BUG');
    }
  });

  test('the limits themselves are fine', () => {
    const value = {
      nice_level: -(2 ** 31),
      time_limit: 2 ** 32 - 1,
      cgroup_mem_max: 2 ** 53 - 1,
      mode: 'ONCE',
    } as const;
    expect(() => writeTextFormat('NsJailConfig', value)).not.toThrow();
  });
});

test('nothing in a comment can become a field', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const comment = writeComment(`${text}\nkeep_env: true\rmode: RERUN\r\n}`);
      expect(parseText(`${comment}cwd: "/"`)).toEqual({ cwd: [Buffer.from('/')] });
      expect(comment).not.toContain('\0');
      expect(comment.endsWith('\n')).toBe(true);
    }),
  );
  expect(writeComment('a\n\nb')).toBe('# a\n#\n# b\n');
});

test('the reader of these tests is not lenient', () => {
  for (const bad of ['cwd "/"', 'cwd: "/', 'mount {', '}', 'cwd: "a\nb"', 'Cwd: "/"', 'cwd: "/" ;']) {
    expect(() => parseText(bad), bad).toThrow();
  }
});
