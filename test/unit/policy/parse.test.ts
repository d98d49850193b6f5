import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ParsedText, parsePolicyText } from '#policy/parse.ts';

const parse = (text: string): ParsedText => parsePolicyText(Buffer.from(text), 'p.yaml');
const issues = (text: string): readonly string[] =>
  parse(text).issues.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);

test('YAML 1.2 and JSON become plain data', () => {
  expect(parse('a: yes\nb: [null, 0o10, "x"]').value).toEqual({ a: 'yes', b: [null, 8, 'x'] });
  expect(parse('{"a": {"b": 1}}').value).toEqual({ a: { b: 1 } });
  expect(parse('a: &x {b: 1}\nc: *x').value).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(parse('<<: {a: 1}').value).toEqual({ '<<': { a: 1 } });
});

test('a byte order mark and CRLF do not matter', () => {
  expect(parse('\uFEFFa: 1\r\nb: 2\r\n').value).toEqual({ a: 1, b: 2 });
});

describe('refused', () => {
  test.each([
    ['', '1:1 : the file is empty'],
    ['# nothing\n', '1:1 : the file is empty'],
    ['a: 1\na: 2', '2:1 a: duplicate key `a`'],
    ['a:\n  - x: 1\n    x: 2', '3:5 a.0.x: duplicate key `x`'],
    ['a: 1\n---\nb: 2', '2:1 : a second document starts here; a file holds one'],
    ['%YAML 1.1\n---\na: yes', '1:1 : YAML 1.1 is not read here, only 1.2'],
    ['"__proto__": {a: 1}', '1:1 __proto__: unknown key `__proto__`'],
    ['a: *x', '1:4 a: there is no anchor `x` above'],
    ['a: &a [*a]', '1:8 a.0: the anchor `a` contains an alias itself'],
    ['['.repeat(100_000), '1:1 : the text is nested too deeply'],
    [`a: &x 1\nb: [${'*x, '.repeat(101)}]`, '1:1 : more than 100 aliases'],
  ])('%.40j', (text, issue) =>
    expect(issues(text).map((line) => line.replace(/^1:\d+ : the text/, '1:1 : the text'))).toEqual([issue]),
  );

  test('an alias bomb is refused without being expanded', () => {
    const bomb = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
    ];
    expect(issues(bomb.join('\n'))[0]).toMatch(/contains an alias itself/);
  });

  test('bytes that are not UTF-8', () => {
    expect(parsePolicyText(Uint8Array.of(0x61, 0xff), 'p.yaml').issues[0]?.message).toBe(
      'the file is not UTF-8 text',
    );
  });

  test('broken syntax, at most ten remarks', () => {
    expect(issues('a: [1')[0]).toMatch(/^1:\d+ : not valid YAML: /);
    expect(issues('a: !!nonsense 1')[0]).toMatch(/^1:4 : not valid YAML: Unresolved tag/);
    expect(issues('a: }\n'.repeat(100))).toHaveLength(10);
  });

  test('keys that are no text', () => expect(issues('? [a]\n: b')[0]).toMatch(/keys must be strings/));

  test('a hundred thousand keys, without comparing them all', () => {
    const keys = (count: number): string => Array.from({ length: count }, (_, i) => `k${i}:`).join('\n');
    const start = performance.now();
    expect(issues(keys(100_000))).toEqual(['1:1 : more than 10000 keys and values']);
    expect(performance.now() - start).toBeLessThan(4000);
    expect(issues(keys(4999))).toEqual([]);
  });
});

describe('positions', () => {
  const text = 'a:\n  b: 5\n  c: [x, &y {d: 1}]\ne: *y\n';
  test.each([
    [['a', 'b'], 'value', 2, 6],
    [['a', 'b'], 'key', 2, 3],
    [['a', 'c', 0], 'value', 3, 7],
    [['e', 'd'], 'value', 3, 17],
    [['a', 'missing'], 'value', 2, 3],
    [['missing'], 'key', 1, 1],
    [['a', 'b', 'c'], 'value', 2, 6],
    [[], 'value', 1, 1],
  ] as const)('%j (%s) is at %d:%d', (path, target, line, column) =>
    expect(parse(text).locate(path, target)).toEqual({ line, column }),
  );

  test('a file without content begins at its beginning', () => {
    expect(parse('').locate(['a'], 'key')).toEqual({ line: 1, column: 1 });
  });
});

describe('any input', () => {
  test('random bytes give a value or issues, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        Array.isArray(parsePolicyText(bytes, 'f').issues),
      ),
    );
  });
  test('random YAML-like text too', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      '&x',
      '*x',
      '|',
      '>',
      '"',
      "'",
      '#',
      '!',
      '%',
      '?',
      '0',
      '\t',
      '---',
      '...',
      '<<',
      ',',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { value, issues: found } = parse(pieces.join(''));
        return found.length > 0 ? value === undefined : true;
      }),
      { numRuns: 2000 },
    );
  });
});
