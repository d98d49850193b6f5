import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeMountPoints } from '#host/mounts.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'warder-mounts-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('in the order of mounting, escapes undone, unreachable ones left out', async () => {
  const path = join(root, 'mountinfo');
  writeFileSync(
    path,
    `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
22 27 0:21 / /proc rw,relatime shared:5 - proc proc rw
30 27 0:26 / /srv/with\\040space\\134 ro - tmpfs none ro
31 27 0:27 / /srv/gone//deleted ro - tmpfs none ro
`,
  );
  expect(await probeMountPoints(path)).toEqual(['/', '/proc', '/srv/with space\\']);
});

test('of this host', async () => {
  expect(await probeMountPoints()).toEqual(expect.arrayContaining(['/', '/proc']));
});
