import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { parseRunRequest, toBytes } from '#plan/request-schema.ts';

/** `path: message` of every issue, with the suggestion behind an arrow. */
function issuesOf(input: unknown): string[] {
  try {
    parseRunRequest(input);
  } catch (error) {
    if (!isWarderError(error) || error.code !== 'REQUEST_INVALID' || !('issues' in error.details))
      throw error;
    return error.details.issues.map(
      ({ path, message, suggestion }) =>
        `${path}: ${message}${suggestion === undefined ? '' : ` -> ${suggestion}`}`,
    );
  }
  return [];
}

const NUL = 'contains a NUL byte, which no program can receive';
const A = { argv: ['a'] };
const file = (path: string) => ({ path, content: '' });

describe('accepted', () => {
  test.each<[string, unknown]>([
    ['a command', A],
    ['a command with files', { ...A, files: [file('a'), file('b/c')] }],
    ['an empty argument', { argv: ['a', ''] }],
    ['code', { language: 'python', code: '' }],
    ['one file', { language: 'python', files: [file('a.py')] }],
    ['several files with an entrypoint', { language: 'x', files: [file('a'), file('b')], entrypoint: 'b' }],
    ['the longest name of a file', { ...A, files: [file('x'.repeat(255))] }],
    ['names that only look dangerous', { ...A, files: [file('..a/...'), file('.hidden')] }],
    ['stdin as bytes', { ...A, stdin: Uint8Array.of(0) }],
    ['stdin as base64', { ...A, stdin: { data: 'AP8=', encoding: 'base64' } }],
    ['a policy with a digest', { ...A, policy: { name: 'strict', sha256: 'x' } }],
    ['everything else', { ...A, schema: 1, id: 'a-1', env: { A_1: '' }, cwd: '/tmp', engine: 'auto' }],
  ])('%s', (_, input) => expect(parseRunRequest(input)).toEqual(input));
});

describe('refused, with the place', () => {
  test.each<[string, unknown, string[]]>([
    ['null', null, [': Invalid input: expected object, received null']],
    ['an array', [], [': Invalid input: expected object, received array']],
    ['nothing', {}, ['language: is missing: give a language with code or files, or an argv']],
    ['an unknown key, with a suggestion', { ...A, polcy: 'strict' }, [': unknown key `polcy` -> policy']],
    [
      'every unknown key',
      { ...A, polcy: 1, xyzzy: 2 },
      [': unknown key `polcy` -> policy', ': unknown key `xyzzy`'],
    ],
    [
      'an unknown key further down, without a guess',
      { ...A, files: [{ ...file('a'), mod: '0644' }] },
      ['files.0: unknown key `mod`'],
    ],
    ['another schema', { ...A, schema: 2 }, ['schema: Invalid input: expected 1']],
    ['NUL in an argument', { argv: ['a', 'b\0'] }, [`argv.1: ${NUL}`]],
    ['NUL in args', { language: 'x', code: '', args: ['\0'] }, [`args.0: ${NUL}`]],
    ['NUL in the environment', { ...A, env: { B: '\0' } }, [`env.B: ${NUL}`]],
    ['NUL in cwd', { ...A, cwd: '\0' }, [`cwd: ${NUL}`]],
    ['an empty command', { argv: [''] }, ['argv: has an empty command']],
    ['an unknown engine', { ...A, engine: 'docker' }, [expect.stringMatching(/^engine: .*bubblewrap/)]],
    ['a bad id', { ...A, id: 'a b' }, ['id: must be 1 to 128 printable ASCII characters']],
    ['an id that is too long', { ...A, id: 'x'.repeat(129) }, [expect.stringMatching(/^id: /)]],
    [
      'broken base64',
      { ...A, stdin: { data: '!', encoding: 'base64' } },
      [expect.stringMatching(/^stdin\.data: /)],
    ],
    ['stdin that is a number', { ...A, stdin: 5 }, [expect.stringMatching(/^stdin: /)]],
    [
      'a mode that is not octal',
      { ...A, files: [{ ...file('a'), mode: '0888' }] },
      [expect.stringMatching(/^files\.0\.mode: .*octal/)],
    ],
    [
      'set-user-id',
      { ...A, files: [{ ...file('a'), mode: '4755' }] },
      [expect.stringMatching(/^files\.0\.mode: /)],
    ],
    ['a bad variable name', { ...A, env: { '1A': '' } }, [expect.stringMatching(/^env\.1A: /)]],
  ])('%s', (_, input, issues) => expect(issuesOf(input)).toEqual(issues));

  test.each([
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    './a',
    'a//b',
    'a/',
    '.',
    '..',
    'x'.repeat(256),
    `${'é'.repeat(128)}`,
  ])('the path %j', (path) => {
    const issue = expect.stringMatching(/^files\.0\.path: must be a relative path/);
    expect(issuesOf({ ...A, files: [file(path)] })).toEqual([issue]);
  });

  test('a path with NUL, or longer than the kernel takes', () => {
    expect(issuesOf({ ...A, files: [file('a\0b')] })).toEqual([`files.0.path: ${NUL}`]);
    expect(issuesOf({ ...A, files: [file('a/'.repeat(2048))] })).not.toEqual([]);
  });
});

describe('contradictions', () => {
  const withArgv = 'argv: runs a command; it does not go with language, code, args or entrypoint';
  test.each<[string, unknown, string[]]>([
    ['argv and language', { ...A, language: 'python', code: '' }, [withArgv]],
    ['argv and code', { ...A, code: '' }, [withArgv]],
    ['argv and args', { ...A, args: ['x'] }, [withArgv]],
    ['argv and entrypoint', { ...A, files: [file('a')], entrypoint: 'a' }, [withArgv]],
    ['neither code nor files', { language: 'x' }, ['code: give either code or files with a language']],
    [
      'both code and files',
      { language: 'x', code: '', files: [file('a')] },
      ['code: give either code or files with a language'],
    ],
    [
      'several files without an entrypoint',
      { language: 'x', files: [file('a'), file('b')] },
      ['entrypoint: is needed when there is more than one file'],
    ],
    ['an empty list of files', { language: 'x', files: [] }, [expect.stringMatching(/^entrypoint: /)]],
    [
      'an entrypoint that is not there',
      { language: 'x', files: [file('a')], entrypoint: 'b' },
      ['entrypoint: `b` is not among the files'],
    ],
    [
      'an entrypoint without files',
      { language: 'x', code: '', entrypoint: 'b' },
      [expect.stringMatching(/^entrypoint: /)],
    ],
    [
      'a file and a directory',
      { ...A, files: [file('a'), file('a/b')] },
      ['files: has `a` both as a file and as a directory'],
    ],
    ['a file twice', { ...A, files: [file('a'), file('b'), file('a')] }, ['files: has `a` twice']],
    [
      'several at once',
      { language: 'x', files: [file('a'), file('a')], entrypoint: 'b' },
      ['entrypoint: `b` is not among the files', 'files: has `a` twice'],
    ],
  ])('%s', (_, input, issues) => expect(issuesOf(input)).toEqual(issues));
});

test('the message names the first problem, with and without a place', () => {
  expect(() => parseRunRequest({ argv: [''] })).toThrow('the request is invalid: argv has an empty command');
  expect(() => parseRunRequest({ ...A, xyzzy: 1 })).toThrow('the request is invalid: unknown key `xyzzy`');
});

test('bytes of every form', () => {
  const bytes = Uint8Array.of(0, 255);
  expect(toBytes(bytes)).toBe(bytes);
  expect([...toBytes({ data: 'AP8=', encoding: 'base64' })]).toEqual([0, 255]);
  expect([...toBytes('é')]).toEqual([0xc3, 0xa9]);
});

test('many long paths are judged in a moment, and their sum is bounded', () => {
  const stem = `${'d'.repeat(90)}/`;
  const files = Array.from({ length: 10_000 }, (_, i) => ({ path: `${stem}${i}`, content: '' }));
  const begin = performance.now();
  expect(parseRunRequest({ argv: ['ls'], files }).files).toHaveLength(10_000);
  expect(performance.now() - begin).toBeLessThan(2000);
  const long = files.map(({ path, content }) => ({ path: `${'e'.repeat(100)}/${path}`, content }));
  expect(() => parseRunRequest({ argv: ['ls'], files: long })).toThrow('characters together');
});

test('a path has at most 128 parts', () => {
  const request = (parts: number) => ({
    argv: ['ls'],
    files: [{ path: Array(parts).fill('d').join('/'), content: '' }],
  });
  expect(parseRunRequest(request(128)).files).toHaveLength(1);
  expect(() => parseRunRequest(request(129))).toThrow('at most 128 parts');
});

test('a variable called __proto__ is refused rather than dropped', () => {
  const request = JSON.parse('{ "argv": ["ls"], "env": { "__proto__": "x", "A": "b" } }');
  expect(() => parseRunRequest(request)).toThrow('__proto__');
  expect(parseRunRequest({ argv: ['ls'], env: { A: 'b' } }).env).toEqual({ A: 'b' });
});

test.each([
  [['../secret'], /artifacts\.0 must be relative/],
  [['a', '*.{png,svg}'], /artifacts\.1 has braces/],
  [['x'.repeat(2049)], /artifacts has more than 2048 characters together/],
  [Array(1001).fill('x'), /artifacts/],
  [['a\0'], /NUL/],
])('artifacts that no file can have: %#', (artifacts, message) => {
  expect(() => parseRunRequest({ argv: ['a'], artifacts })).toThrow(message);
});
