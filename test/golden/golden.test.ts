import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { caseNames, expectedPath, renderCase } from './case.ts';

/** Set by scripts/update-golden and by nothing else. */
const UPDATE = process.env['WARDER_UPDATE_GOLDEN'] === '1';

test.each(caseNames())('%s', async (name) => {
  const actual = await renderCase(name);
  const path = expectedPath(name);
  if (UPDATE) writeFileSync(path, actual);
  expect(existsSync(path), 'no expected.txt yet: run scripts/update-golden and review it').toBe(true);
  expect(actual).toBe(readFileSync(path, 'utf8'));
});

test('rendering is a function of its input', async () => {
  for (const name of caseNames()) expect(await renderCase(name)).toBe(await renderCase(name));
});

test('the engines differ in how they build the jail and in nothing else', async () => {
  const fromProgram = async (name: string): Promise<string | undefined> =>
    (await renderCase(name)).split('\n[program]\n')[1];
  const decided = await fromProgram('strict-python');
  expect(decided).toContain('[controls]');
  expect(await fromProgram('nsjail')).toBe(decided);
});
