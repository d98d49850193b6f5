import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  booleanCheck,
  coresCheck,
  countCheck,
  cpuListCheck,
  durationCheck,
  patternCheck,
  quote,
  show,
  sizeCheck,
  wordCheck,
} from '#policy/value-checks.ts';

describe('durations', () => {
  const strict = durationCheck({ unlimited: false, zero: false });
  const loose = durationCheck({ unlimited: true, zero: false });

  test.each(['1ms', '30s', '1.5h', '596h'])('%s is fine', (text) => expect(strict(text)).toBeUndefined());

  test.each([
    [30, '30 has no unit, write ms, s, m or h behind the number, such as `30s`', undefined],
    [0, 'zero is refused here', undefined],
    ['0s', 'zero is refused here', undefined],
    ['0.1ms', 'zero is refused here', undefined],
    ['597h', '`597h` is more than the 596h that are possible', undefined],
    ['5sec', 'expected a duration such as `30s`, got `5sec`', '5s'],
    ['2 Minutes', 'expected a duration such as `30s`, got `2 Minutes`', '2m'],
    ['unlimited', 'expected a duration such as `30s`, got `unlimited`', undefined],
    ['5 parsecs', 'expected a duration such as `30s`, got `5 parsecs`', undefined],
    [null, 'expected a duration such as `30s`, got no value', undefined],
    [['1s'], 'expected a duration such as `30s`, got a list', undefined],
  ])('%j is refused', (input, message, suggestion) => {
    expect(strict(input)?.message).toBe(message);
    expect(strict(input)?.suggestion).toBe(suggestion);
  });

  test('the word for no limit', () => {
    expect(loose('unlimited')).toBeUndefined();
    expect(loose('unlimted')?.suggestion).toBe('unlimited');
    expect(loose('never')?.suggestion).toBeUndefined();
  });
});

describe('processors', () => {
  test.each([0, 8191, '0', '0-1,3', 'unlimited'])('%j is fine', (input) =>
    expect(cpuListCheck(input)).toBeUndefined(),
  );
  test.each([-1, 1.5, 8192, '1-0', 'all', '', null, [0]])('%j is refused', (input) =>
    expect(cpuListCheck(input)?.message).toMatch(/^expected processors such as `0-1,3`.*, got /),
  );
});

describe('sizes', () => {
  const swap = sizeCheck({ unlimited: true, zero: true });

  test.each([0, '0B', '1KiB', 'unlimited'])('%j is fine for swap', (input) =>
    expect(swap(input)).toBeUndefined(),
  );

  test.each([
    ['512MB', '512MiB'],
    ['1.5g', '1.5GiB'],
    ['10 kb', '10KiB'],
    ['5constructor', undefined],
  ])('%s was meant as %s', (input, suggestion) => expect(swap(input)?.suggestion).toBe(suggestion));

  test('a bare number lacks its unit', () => expect(swap(512)?.message).toMatch(/^512 has no unit/));

  test('a size is refused exactly when it cannot be read', () => {
    const check = sizeCheck({ unlimited: false, zero: true });
    const text = fc
      .tuple(fc.nat({ max: 1_000_000 }), fc.constantFrom('B', 'KiB', 'MiB', 'GiB', 'KB', ''))
      .map(([n, unit]) => n + unit);
    fc.assert(
      fc.property(text, (input) => (check(input) === undefined) === /\d(?:B|KiB|MiB|GiB)$/.test(input)),
      {
        examples: [['1KB'], ['2KiB']],
      },
    );
  });
});

describe('counts and cores', () => {
  test.each([1, 64, 100])('%d is a count', (input) =>
    expect(countCheck({ max: 100, unlimited: false })(input)).toBeUndefined(),
  );
  test.each([0, -1, 1.5, 101, '5', null, 'unlimited', Number.NaN])('%j is no count', (input) =>
    expect(countCheck({ max: 100, unlimited: false })(input)?.message).toMatch(
      /^expected a whole number from 1 to 100, got/,
    ),
  );
  test('unlimited where it makes sense', () => {
    expect(countCheck({ max: 100, unlimited: true })('unlimited')).toBeUndefined();
    expect(countCheck({ max: 100, unlimited: true })('x')?.message).toContain('or `unlimited`');
  });
  test.each([0.01, 0.5, 4, 'unlimited'])('%j cores are fine', (input) =>
    expect(coresCheck(input)).toBeUndefined(),
  );
  test.each([0, -1, 0.001, Number.POSITIVE_INFINITY, Number.NaN, '1', 'half'])(
    '%j cores are refused',
    (input) => expect(coresCheck(input)?.message).toMatch(/cores/),
  );
});

describe('words, texts, switches', () => {
  test('a word from the list', () => expect(wordCheck(['none', 'loopback'])('none')).toBeUndefined());
  test('a word near one of the list', () =>
    expect(wordCheck(['none', 'loopback'])('lopback')).toEqual({
      message: '`lopback` is not one of none, loopback',
      suggestion: 'loopback',
    }));
  test('a number where one number is possible', () =>
    expect(wordCheck([1])(2)).toEqual({ message: '`2` is not 1' }));
  test('a pattern', () => {
    expect(patternCheck(/^a+$/, 'letters')('aa')).toBeUndefined();
    expect(patternCheck(/^a+$/, 'letters')('b')?.message).toBe('expected letters, got `b`');
    expect(patternCheck(/^a+$/, 'letters')(5)?.message).toBe('expected letters, got `5`');
  });
  test('a switch', () => {
    expect(booleanCheck(false)).toBeUndefined();
    expect(booleanCheck('yes')?.message).toBe('expected true or false, got `yes`');
  });
});

describe('values in messages', () => {
  test('cannot steer a terminal', () => expect(quote('a\u001b[31m\n`\u202e')).toBe('`a?[31m???`'));
  test('are short', () => expect(quote('x'.repeat(100))).toBe(`\`${'x'.repeat(60)}…\``));
  test('name containers instead of showing them', () => {
    expect(show({})).toBe('a mapping');
    expect(show([])).toBe('a list');
    expect(show(null)).toBe('no value');
    expect(show(true)).toBe('`true`');
  });
});
