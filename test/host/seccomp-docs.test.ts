/** The commands of docs/seccomp.md print what the document shows. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, shown } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';

const TEXT = readFileSync(new URL('../../docs/seccomp.md', import.meta.url), 'utf8');
const BLOCKS = [...TEXT.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => String(match[1]));

/** A command and the lines below it. */
interface Shown {
  readonly argv: readonly string[];
  readonly output: readonly string[];
}

const SHOWN: readonly Shown[] = BLOCKS.flatMap((block) =>
  block
    .split(/^\$ warder /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.trimEnd().split('\n');
      const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(
        ([, quoted, plain]) => quoted ?? plain ?? '',
      );
      return { argv: words, output };
    }),
);

/** `…` alone is any number of lines; inside a line it is any text, and what the table pads it with. */
function pattern(output: readonly string[]): RegExp {
  const lines = output.map((line) =>
    line === '…'
      ? '(?:.*\\n)*'
      : `${line
          .split(/ … |…/)
          .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-docs-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const strace = gate('strace', existsSync('/usr/bin/strace'), 'strace is not installed');

test('every tool has an example', () => {
  const tools = new Set(SHOWN.map(({ argv }) => argv[1]));
  expect([...tools].sort()).toEqual(['compile', 'diff', 'explain', 'learn', 'show']);
});

built('docs/seccomp.md', () => {
  strace('with strace', () => {
    // In the order written: the last one looks at what the one before it wrote.
    test.each(SHOWN.map((one) => [one.argv.join(' '), one] as const))(
      'warder %s',
      async (_, { argv, output }) => {
        const [code, stdout, stderr] = await shown(argv, { cwd: directory });
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toMatch(pattern(output));
      },
    );
  });
});
