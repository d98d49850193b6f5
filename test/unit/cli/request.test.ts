import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  chooseLanguage,
  chooseSource,
  commandRequest,
  loadFiles,
  parseFileOption,
  runRequest,
  sourceName,
} from '#cli/request.ts';
import type { SharedOptions } from '#cli/shared-options.ts';
import { runRequestSchema } from '#internal.ts';

const NONE: SharedOptions = {};
const bytes = (text: string) => new TextEncoder().encode(text);

describe('the source', () => {
  test('is a file, standard input or the code', () => {
    expect(chooseSource(['a.py'], {})).toEqual({ kind: 'file', path: 'a.py' });
    expect(chooseSource(['-'], { lang: 'python' })).toEqual({ kind: 'stdin' });
    expect(chooseSource([], { lang: 'python', code: '' })).toEqual({ kind: 'code', code: '' });
  });

  test.each([
    [[], {}, /nothing to run/],
    [['a.py', 'b'], {}, /b: unexpected argument/],
    [['a.py'], { code: 'x', lang: 'python' }, /not both/],
    [[], { code: 'x' }, /--lang: is needed with -e; known: python, javascript, /],
    [['-'], {}, /--lang: is needed with -/],
  ])('%j with %j is refused', (operands, options, message) => {
    expect(() => chooseSource(operands, options)).toThrow(message);
  });

  test('has a language by option, or by extension', () => {
    const file = (path: string) => ({ kind: 'file', path }) as const;
    expect(chooseLanguage(file('a.mjs'), undefined).id).toBe('javascript');
    expect(chooseLanguage(file('a.mjs'), 'py').id).toBe('python');
    expect(() => chooseLanguage(file('a.cobol'), undefined)).toThrow(/extension does not tell/);
    expect(() => chooseLanguage(file('a.py'), 'pyhton')).toThrow(/unknown language/);
  });

  test('keeps the extension that the language gives a meaning to', () => {
    const name = (path: string, lang?: string) => {
      const source = { kind: 'file', path } as const;
      return sourceName(source, chooseLanguage(source, lang), Buffer.from('public class Solve {}'));
    };
    expect(name('x/solve.MJS')).toBe('main.mjs');
    expect(name('solve.cjs')).toBe('main.cjs');
    expect(name('solve.txt', 'javascript')).toBe('main.js');
    expect(name('x.d/solve', 'bash')).toBe('main.sh');
    expect(name('x/y.java')).toBe('Solve.java');
  });
});

describe('the request', () => {
  test('carries what was given, and is one that the library takes', () => {
    const options: SharedOptions = {
      ...NONE,
      policy: 'judge',
      engine: 'bubblewrap',
      rootfs: 'host',
      cwd: 'sub',
      env: ['A=1', 'B=x=y', 'C='],
    };
    const language = chooseLanguage({ kind: 'stdin' }, 'python');
    const source = { name: 'main.py', content: bytes('print(1)'), language };
    const request = runRequest(source, options, [{ path: 'd.csv', content: bytes('1') }], ['-x', '']);
    expect(request).toEqual({
      language: 'python',
      policy: 'judge',
      engine: 'bubblewrap',
      rootfs: 'host',
      cwd: 'sub',
      env: { A: '1', B: 'x=y', C: '' },
      files: [
        { path: 'main.py', content: bytes('print(1)') },
        { path: 'd.csv', content: bytes('1') },
      ],
      entrypoint: 'main.py',
      args: ['-x', ''],
    });
    expect(runRequestSchema.safeParse(request).error).toBeUndefined();
  });

  test('of a command has its words untouched', () => {
    const request = commandRequest(['sh', '-c', 'a b', '--', '--json'], NONE, []);
    expect(request).toEqual({ argv: ['sh', '-c', 'a b', '--', '--json'] });
  });

  test('of no command is refused', () => {
    expect(() => commandRequest([], NONE, [])).toThrow(/no command to run/);
  });

  test.each(['A', '=1', ''])('--env %j is refused', (variable) => {
    expect(() => commandRequest(['x'], { ...NONE, env: [variable] }, [])).toThrow(
      /--env: expected NAME=VALUE/,
    );
  });

  test('--env refuses the one name that would get lost on the way', () => {
    expect(() => commandRequest(['x'], { ...NONE, env: ['A=1', '__proto__=x'] }, [])).toThrow(
      /--env: a variable cannot be called `__proto__`/,
    );
  });
});

describe('--file', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'warder-cli-'));
    writeFileSync(join(directory, 'plain.txt'), 'text');
    writeFileSync(join(directory, 'tool'), '#!', { mode: 0o755 });
    mkdirSync(join(directory, 'folder'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each([
    ['data/a.csv', { host: 'data/a.csv', inside: 'a.csv' }],
    ['a.csv:in/b.csv', { host: 'a.csv', inside: 'in/b.csv' }],
    ['odd:name:b', { host: 'odd:name', inside: 'b' }],
    ['a:/workspace/b', { host: 'a', inside: 'b' }],
    ['dir/a\\:b', { host: 'dir/a:b', inside: 'a:b' }],
    ['a\\:b:c\\:d', { host: 'a:b', inside: 'c:d' }],
    ['a\\\\:b', { host: 'a\\', inside: 'b' }],
    ['a\\b', { host: 'a\\b', inside: 'a\\b' }],
  ])('%s', (text, parsed) => {
    expect(parseFileOption(text)).toEqual(parsed);
  });

  test.each(['', ':a', 'a:', '/'])('%j is refused', (text) => {
    expect(() => parseFileOption(text)).toThrow(/--file: expected HOST/);
  });

  test('brings a file with a colon in its name', async () => {
    writeFileSync(join(directory, 'x:y'), 'colon');
    const [file] = await loadFiles([`${directory}/x\\:y`]);
    expect(file).toMatchObject({ path: 'x:y', content: Buffer.from('colon') });
  });

  test('brings content and the executable bit', async () => {
    const files = await loadFiles([`${directory}/plain.txt`, `${directory}/tool:bin/tool`]);
    const plain = files.map(({ path, content, mode }) => [
      path,
      Buffer.from(content as Uint8Array).toString(),
      mode,
    ]);
    expect(plain).toEqual([
      ['plain.txt', 'text', '0644'],
      ['bin/tool', '#!', '0755'],
    ]);
  });

  test('refuses a directory with a hint, and says what is missing', async () => {
    await expect(loadFiles([`${directory}/folder`])).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringContaining('folder is a directory'),
      hint: expect.stringContaining('--file'),
    });
    await expect(loadFiles([`${directory}/none`])).rejects.toMatchObject({
      code: 'REQUEST_FILE_UNREADABLE',
      details: { errno: 'ENOENT' },
    });
  });
});
