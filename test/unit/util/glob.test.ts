import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatcher, globProblem } from '#util/glob.ts';

const matches = (pattern: string, path: string) => globMatcher([pattern])(path);

describe('matches', () => {
  test.each([
    ['a.txt', 'a.txt'],
    ['*', 'a'],
    ['*.txt', 'a.b.txt'],
    ['a*b*c', 'aXbbYc'],
    ['a*', 'a'],
    ['?.txt', 'é.txt'],
    ['?', '🦀'],
    ['[a-c]x', 'bx'],
    ['[!a-c]x', 'dx'],
    ['[^a]x', 'bx'],
    ['[]a]', ']'],
    ['[a-]', '-'],
    ['[\\]]', ']'],
    ['[😀-😎]', '😃'],
    ['\\*', '*'],
    ['\\{a,b}', '{a,b}'],
    ['**', 'a'],
    ['**', 'a/b/c'],
    ['**/*.png', 'x.png'],
    ['**/*.png', 'a/b/x.png'],
    ['a/**', 'a'],
    ['a/**/b', 'a/b'],
    ['a/**/b', 'a/x/y/b'],
    ['**/a/**/b', 'x/a/y/a/z/b'],
    ['.hidden', '.hidden'],
    ['.*', '.hidden'],
    ['.compiled/**/*.class', '.compiled/a/B.class'],
    ['a b/c*', 'a b/c\nd'],
  ])('%s finds %j', (pattern, path) => {
    expect(globProblem(pattern)).toBeUndefined();
    expect(matches(pattern, path)).toBe(true);
  });

  test.each([
    ['a.txt', 'a.txT'],
    ['*', 'a/b'],
    ['*', '.a'],
    ['?a', '.a'],
    ['[.]a', '.a'],
    ['**', '.git/config'],
    ['**', 'a/.b'],
    ['**/x', '.a/x'],
    ['*.txt', 'a.txt.bak'],
    ['a/*/b', 'a/b'],
    ['**/b', 'a/bb'],
    ['[a-c]', 'd'],
    ['[!a]', 'a'],
    ['?', 'ab'],
    ['a.c', 'abc'],
    ['a/b', 'a'],
  ])('%s does not find %j', (pattern, path) => {
    expect(globProblem(pattern)).toBeUndefined();
    expect(matches(pattern, path)).toBe(false);
  });
});

test.each([
  ['', /relative/],
  ['/etc/passwd', /relative/],
  ['a//b', /relative/],
  ['a/../b', /relative/],
  ['./a', /relative/],
  ['a/', /relative/],
  ['a**', /stands alone/],
  ['**.png', /stands alone/],
  ['a/b**/c', /stands alone/],
  ['[a', /`\[` without/],
  ['[', /`\[` without/],
  ['[]', /`\[` without/],
  ['[a-', /`\[` without/],
  ['a\\', /backslash/],
  ['[\\', /backslash/],
  ['*.{png,svg}', /braces/],
])('%s is refused', (pattern, why) => {
  expect(globProblem(pattern)).toMatch(why);
});

/** The plain reading of the rules, with as much backtracking as it takes. */
function slowly(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  const [name, ...names] = path;
  if (first !== '**') return name !== undefined && slowlyName(first, name, true) && slowly(rest, names);
  return slowly(rest, path) || (name !== undefined && name[0] !== '.' && slowly(pattern, names));
}

function slowlyName(pattern: string, name: string, begins: boolean): boolean {
  if (pattern === '') return name === '';
  if (begins && name[0] === '.' && pattern[0] !== '.') return false;
  if (pattern[0] === '*') {
    return (
      slowlyName(pattern.slice(1), name, begins && name !== '') ||
      (name !== '' && slowlyName(pattern, name.slice(1), false))
    );
  }
  return (
    name !== '' &&
    (pattern[0] === '?' || pattern[0] === name[0]) &&
    slowlyName(pattern.slice(1), name.slice(1), false)
  );
}

test('agrees with a matcher that tries everything', () => {
  const name = fc.stringMatching(/^[ab.]{1,5}$/);
  const component = fc.oneof(fc.constant('**'), fc.stringMatching(/^[ab.?*]{1,5}$/));
  const pattern = fc
    .array(component, { minLength: 1, maxLength: 5 })
    .filter((parts) => globProblem(parts.join('/')) === undefined);
  const path = fc.array(name, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pattern, path, (parts, names) => {
      expect(matches(parts.join('/'), names.join('/'))).toBe(slowly(parts, names));
    }),
    { numRuns: 5000 },
  );
});

test('no pattern takes long, whatever the names', () => {
  const find = globMatcher([`${'*a'.repeat(500)}b`, `${'**/a/'.repeat(150)}b`]);
  const began = performance.now();
  expect(find('a'.repeat(4000))).toBe(false);
  expect(find(Array(2000).fill('a').join('/'))).toBe(false);
  expect(performance.now() - began).toBeLessThan(2000);
});
