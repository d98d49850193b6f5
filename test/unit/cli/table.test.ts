import { expect, test } from 'vitest';
import { table } from '#cli/table.ts';

test('columns are as wide as their widest cell; no blanks at the end', () => {
  expect(
    table([
      ['A', 'LONG', ''],
      ['wide', 'x'],
      ['', 'y', 'z'],
    ]),
  ).toBe('A     LONG\nwide  x\n      y     z\n');
});

test('no rows are no text', () => {
  expect(table([])).toBe('');
});
