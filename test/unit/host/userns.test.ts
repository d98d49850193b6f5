import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { probeUserns } from '#host/userns.ts';

let root: string;
beforeEach(() => {
  root = `${mkdtempSync(join(tmpdir(), 'warder-userns-'))}/`;
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const MAX = 'proc/sys/user/max_user_namespaces';
const CLONE = 'proc/sys/kernel/unprivileged_userns_clone';

test.each<[string, Record<string, string>, string | null]>([
  ['no switch at all', {}, null],
  ['both on', { [MAX]: '15000\n', [CLONE]: '1\n' }, null],
  ['none allowed', { [MAX]: '0\n' }, 'user.max_user_namespaces is 0'],
  ['not for the unprivileged', { [MAX]: '15000\n', [CLONE]: '0\n' }, 'kernel.unprivileged_userns_clone is 0'],
])('%s', async (_, files, why) => {
  for (const [path, text] of Object.entries(files)) write(path, text);
  expect(await probeUserns(root)).toBe(why);
});
