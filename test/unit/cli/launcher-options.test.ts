import { expect, test } from 'vitest';
import { decodeOptions } from '#cli/launcher-options.ts';

test('each option with its values, empty values included', () => {
  const blob = Buffer.from(
    ['--unshare-pid', '--ro-bind', '/a b', '/c', '--setenv', 'X', ''].map((w) => `${w}\0`).join(''),
  );
  expect(decodeOptions({ blobs: [blob] })).toEqual([
    ['--unshare-pid'],
    ['--ro-bind', '/a b', '/c'],
    ['--setenv', 'X', ''],
  ]);
});

test('no blob, no options', () => {
  expect(decodeOptions({ blobs: [] })).toEqual([]);
});
