import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requireWritable, writeReport } from '../../../src/cli/escape-out.ts';

const directory = mkdtempSync(join(tmpdir(), 'warder-out-'));
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ['a directory', directory],
  ['a file in a directory that is not there', join(directory, 'no', 'report')],
  ['a file below a file', '/etc/passwd/report'],
  ['nothing', ''],
])('%s is refused before anything runs, and when it is written', async (_, path) => {
  await expect(requireWritable(path)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  await expect(writeReport(path, 'x')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a question changes nothing; the former report stays until there is another', async () => {
  const path = join(directory, 'report');
  await requireWritable(path);
  writeFileSync(path, 'before');
  await requireWritable(path);
  expect(readFileSync(path, 'utf8')).toBe('before');
  await writeReport(path, 'after');
  expect(readFileSync(path, 'utf8')).toBe('after');
});
