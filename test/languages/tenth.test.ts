/** One more language is one definition: what the registry takes, runs with everything that the others have. */

import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES, toolsOf } from '#languages/registry.ts';
import type { Language } from '#languages/types.ts';
import { openWarder, type WarderInstance } from '#warder.ts';
import { gate } from '../helpers/gate.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const perl: Language = {
  id: 'perl',
  name: 'Perl',
  aliases: ['pl'],
  extensions: ['pl'],
  interpreters: ['perl'],
  baseline: { memoryBytes: 8 * 1024 ** 2, pids: 1 },
  compile: null,
  runArgv: ({ interpreter, entrypoint, args }) => [interpreter, entrypoint, ...args],
  versionArgs: ['--version'],
  hello: 'print "hello\\n";\n',
};

sandboxed('a language that warder does not know', () =>
  gate(
    'perl',
    existsSync('/usr/bin/perl'),
    'perl is not installed',
  )('perl', () => {
    let warder: WarderInstance;
    beforeAll(async () => {
      warder = await openWarder({}, process.env, [...LANGUAGES, perl]);
    });
    afterAll(() => warder.close());

    test('runs by its id and its alias, with arguments, stdin, files and its exit code', async () => {
      expect(await warder.run({ language: 'perl', code: perl.hello })).toMatchObject({
        ok: true,
        stdout: { data: 'hello\n' },
      });
      const code = 'local $/; open(my $f, "<", "data.txt"); print $ARGV[0], <STDIN>, <$f>; exit 3;';
      const files = [
        { path: 'main.pl', content: code },
        { path: 'data.txt', content: 'file' },
      ];
      const request = { language: 'pl', files, entrypoint: 'main.pl', args: ['argument '], stdin: 'input ' };
      expect(await warder.run(request)).toMatchObject({
        outcome: { kind: 'exited', exitCode: 3 },
        stdout: { data: 'argument input file' },
      });
    });

    test('is held to limits, has its baseline checked, and is named where it is missing', async () => {
      const endless = {
        language: 'perl',
        code: 'my @k; push @k, "x" x 1e6 while 1;',
        limits: { memory: '64MiB' },
      };
      expect((await warder.run(endless)).outcome).toEqual({ kind: 'limit', limit: 'memory' });
      await expect(warder.run({ ...endless, limits: { memory: '4MiB' } })).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        message: 'Perl needs at least 8MiB of memory',
      });
      const lacking = { ...perl, interpreters: ['perl-that-is-not-there'] };
      const other = await openWarder({}, process.env, [lacking]);
      try {
        await expect(other.run({ language: 'perl', code: '' })).rejects.toMatchObject({
          code: 'HOST_LANGUAGE_MISSING',
        });
        expect(toolsOf(lacking)).toEqual([['perl-that-is-not-there']]);
      } finally {
        await other.close();
      }
    });

    test('is unknown to everybody else', async () => {
      const other = await openWarder({}, process.env);
      try {
        await expect(other.run({ language: 'perl', code: '' })).rejects.toMatchObject({
          code: 'REQUEST_INVALID',
        });
      } finally {
        await other.close();
      }
    });
  }),
);
