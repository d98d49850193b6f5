/** The commands of examples/programs/README.md do what it says: print what is expected, so that `diff` has nothing to say. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { built, MAIN } from '../helpers/cli.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { hostLanguages } from './host-languages.ts';

const DIRECTORY = fileURLToPath(new URL('../../examples/programs/', import.meta.url));
const COMMANDS = [
  ...readFileSync(join(DIRECTORY, 'README.md'), 'utf8').matchAll(/^\$ (warder run (\w+)\/.*)$/gm),
].map(([, command = '', language = '']) => ({ command, language }));

const here = await hostLanguages();
const cache = mkdtempSync(join(tmpdir(), 'warder-readme-'));
afterAll(() => rmSync(cache, { recursive: true }));

test('there are commands', () => expect(COMMANDS.length).toBeGreaterThan(3));

sandboxed('examples/programs/README.md', () =>
  built('commands', () => {
    for (const { command, language } of COMMANDS) {
      here.gate(language)(language, () => {
        test(command, async () => {
          const script = `set -euo pipefail\nwarder() { "$NODE" "$MAIN" "$@"; }\n${command}`;
          const env = { ...process.env, NODE: process.execPath, MAIN, WARDER_CACHE: cache };
          const run = promisify(execFile)('bash', ['-c', script], { cwd: DIRECTORY, env });
          expect(await run).toEqual({ stdout: '', stderr: '' });
        });
      });
    }
  }),
);
