import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { probeEngine } from '#host/engines.ts';

let root: string;
const launcher = (help: string, version: string): string =>
  `#!/bin/sh\ncase $1 in --help) printf '${help}';; --version) printf '${version}';; esac\n`;

function install(directory: string, text: string, mode = 0o755): string {
  mkdirSync(join(root, directory), { recursive: true });
  const path = join(root, directory, 'bwrap');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'warder-engines-'));
  install(
    'first',
    launcher('usage: bwrap --not-at-the-start\\n    --args FD   read\\n\\t--size N\\n', 'bubblewrap 0.8.0'),
  );
  install('second', launcher('', 'bubblewrap 9.9'));
  install('plain', launcher('', ''), 0o644);
  install('mute', launcher('', 'no number'));
  install('broken', '#!/nonexistent/interpreter\n');
});
afterAll(() => rmSync(root, { recursive: true }));

const path = (...directories: string[]): string => directories.map((name) => join(root, name)).join(':');

describe('where', () => {
  test('the first on the path that can be executed', async () => {
    const found = await probeEngine('bwrap', path('empty', 'plain', 'first', 'second'), undefined);
    expect(found).toMatchObject({ found: true, path: join(root, 'first/bwrap') });
  });

  test('the override, and nothing else', async () => {
    const override = join(root, 'second/bwrap');
    expect(await probeEngine('bwrap', path('first'), override)).toMatchObject({
      path: override,
      given: true,
    });
    expect(await probeEngine('bwrap', path('first'), undefined)).not.toHaveProperty('given');
  });

  test.each([
    ['missing', 'none/bwrap', 'ENOENT'],
    ['without the right to execute it', 'plain/bwrap', 'EACCES'],
    ['a directory', 'first', 'it is not a file'],
    ['without its interpreter', 'broken/bwrap', 'cannot be started: ENOENT'],
  ])('an override that is %s is said to be of no use, and why', async (_, name, why) => {
    const override = join(root, name);
    const facts = await probeEngine('bwrap', path('first'), override);
    expect(facts).toEqual({ found: false, searched: [override], givenButUnusable: why });
  });

  test('an override has to be an absolute path', async () => {
    const facts = await probeEngine('bwrap', path('first'), 'bwrap');
    expect(facts).toMatchObject({ found: false, givenButUnusable: 'it is not an absolute path' });
  });

  test('relative directories are no place to look: the working directory may be anybody’s', async () => {
    expect(await probeEngine('bwrap', '.::bin', undefined)).toEqual({ found: false, searched: [] });
  });

  test('not found says where it was looked for', async () => {
    const searched = [join(root, 'a/bwrap'), join(root, 'b/bwrap')];
    expect(await probeEngine('bwrap', path('a', 'b'), undefined)).toEqual({ found: false, searched });
  });
});

describe('what it says of itself', () => {
  test('its version and the options that its help lists', async () => {
    expect(await probeEngine('bwrap', path('first'), undefined)).toMatchObject({
      version: '0.8.0',
      options: ['--args', '--size'],
    });
  });

  test.each(['mute', 'broken'])('%s: found, and knows nothing', async (name) => {
    expect(await probeEngine('bwrap', path(name), undefined)).toEqual({
      found: true,
      path: join(root, name, 'bwrap'),
      version: 'unknown',
      options: [],
    });
  });
});
