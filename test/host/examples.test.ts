/** The examples do what their first lines say. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { shown } from '../helpers/cli.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const run = promisify(execFile);

sandboxed('examples', () => {
  test('each says in its first line how to run it', () => {
    const files = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isFile());
    const programs = files.map(({ name }) => name).filter((name) => !name.endsWith('.csv'));
    expect(programs.length).toBeGreaterThanOrEqual(7);
    for (const name of programs) {
      const [first] = readFileSync(join(EXAMPLES, name), 'utf8').split('\n');
      expect(first).toMatch(/^(?:#|\/\/) (?:warder run|node) examples\//);
      expect([name, first]).toEqual([name, expect.stringContaining(`examples/${name}`)]);
    }
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ['hello.py', ['--', 'Ada'], 0, /^Hello, Ada! I am uid 1000 in \/workspace\n$/],
    ['hello.py', ['--policy', 'examples/policy.yaml'], 0, /^Hello, world!/],
    ['word-count.js', [], 0, /^ {5}2 {2}b\n {5}1 {2}a\n$/],
    ['look-around.sh', [], 0, /\/workspace: yes\n[\s\S]*\/usr: no\n[\s\S]*There is no network\n$/],
    ['summarize.py', ['--file', 'examples/numbers.csv'], 0, /^height: mean 1.69, largest 1.81\n/],
    ['memory-bomb.py', ['--memory', '64MiB'], 122, /^$/],
  ])('%s %j', async (name, args, code, output) => {
    const [ended, stdout] = await shown(['run', `examples/${name}`, ...args], { input: 'b a b' });
    expect([ended, stdout]).toEqual([code, expect.stringMatching(output)]);
  });

  test('stream.mjs, which docs/library.md shows', async () => {
    const { stdout } = await run(process.execPath, ['examples/stream.mjs'], { cwd: ROOT });
    expect(stdout).toBe('HELLO\nWORLD\n{"kind":"exited","exitCode":0}\n');
    const documented = /```js\n(const child = [\s\S]*?)```/.exec(
      readFileSync(join(ROOT, 'docs/library.md'), 'utf8'),
    );
    const lines = documented?.[1]?.trim().split('\n') ?? [];
    expect(lines).toHaveLength(5);
    const program = readFileSync(join(EXAMPLES, 'stream.mjs'), 'utf8');
    for (const line of lines) expect(program).toContain(line);
  });

  test('library.mjs', async () => {
    const { stdout } = await run(process.execPath, ['examples/library.mjs'], { cwd: ROOT });
    expect(stdout).toMatch(
      /^a sum: .*"exitCode":0.*"45\\n"\na failure: .*"exitCode":1.*\nan endless loop: .*"wall"/,
    );
  });
});
