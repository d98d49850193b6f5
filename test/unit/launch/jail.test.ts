import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LaunchOptions, launchJail } from '#launch/jail.ts';
import { openNative } from '#launch/native.ts';
import { openDescriptors } from '../../helpers/sandbox.ts';

// Programs that are no stub at all, in its place: what is left of a launch that never gets to its pipes.
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-jail-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function script(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

async function launch(path: string, changes: Partial<LaunchOptions> = {}) {
  const handle = await open('/dev/null', 'r');
  try {
    return await launchJail({
      native: { path, handle },
      spec: { engine: 'bubblewrap', argv: ['/bin/true'], blobs: [] },
      ids: null,
      joinPaths: Promise.resolve([]),
      timeoutMs: 5000,
      onTimeout: () => new Error('too slow'),
      ...changes,
    });
  } finally {
    await handle.close();
  }
}

describe('a launch that fails', () => {
  test.each([
    ['is not there', () => join(directory, 'missing'), 'ENOENT'],
    ['cannot be executed', () => script('bad', '#!/nonexistent/interpreter\n'), 'ENOENT'],
    ['ends without a word', () => script('mute', '#!/bin/sh\nexit 3\n'), 'it exited'],
  ])('because the stub %s', async (_, path, errno) => {
    await expect(launch(path())).rejects.toMatchObject({ code: 'LAUNCH_SPAWN_FAILED', details: { errno } });
  });

  test('says what the stub said, without its control characters', async () => {
    const path = script('rude', "#!/bin/sh\nprintf 'no \\033[31mred\\007\\ntwo lines\\n' >&2; sleep 0.1\n");
    await expect(launch(path)).rejects.toMatchObject({ details: { errno: 'no  [31mred \ntwo lines' } });
  });

  test('keeps 8 KiB of a flood', async () => {
    const path = script('flood', '#!/bin/sh\nhead -c 300000 /dev/zero | tr "\\0" x >&2; sleep 0.1\n');
    await expect(launch(path)).rejects.toMatchObject({ details: { errno: 'x'.repeat(8192) } });
  });

  test('at the deadline, and the stub is gone then', async () => {
    const marker = `sleep ${30 + process.pid / 1e7}`;
    const path = script('slow', `#!/bin/sh\nexec ${marker}\n`);
    await expect(launch(path, { timeoutMs: 50 })).rejects.toThrow('too slow');
  });

  test('when there is no group to join', async () => {
    const joinPaths = Promise.reject(new Error('no leaf'));
    joinPaths.catch(() => undefined); // as its maker does: the stub is being started meanwhile
    await expect(launch(script('waits', '#!/bin/sh\nexec sleep 30\n'), { joinPaths })).rejects.toThrow(
      'no leaf',
    );
  });

  test('with words that are not the protocol', async () => {
    const path = script(
      'noise',
      '#!/bin/sh\nprintf "\\377\\377\\377\\377\\377\\377\\377\\377" >&3; sleep 30\n',
    );
    await expect(launch(path)).rejects.toMatchObject({ code: 'ENGINE_PROTOCOL' });
  });

  test('leaves no descriptor open', async () => {
    const path = script('quiet', '#!/bin/sh\nexit 0\n');
    await launch(path).catch(() => undefined);
    const before = openDescriptors();
    for (let i = 0; i < 5; i++) await launch(path).catch(() => undefined);
    expect(openDescriptors()).toBe(before);
  });
});

test('a native program that was not built is said to be, with the way to build it', async () => {
  await expect(openNative(join(directory, 'missing'))).rejects.toMatchObject({
    code: 'HOST_NATIVE_MISSING',
    hint: expect.stringContaining('scripts/build-native'),
  });
});
