import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCpuList, parseCpuList } from '#util/cpu-list.ts';

test.each<[string, readonly number[]]>([
  ['0', [0]],
  ['0-1,3', [0, 1, 3]],
  [' 3,1-2,2 ', [1, 2, 3]],
  ['8191', [8191]],
])('%j', (text, cpus) => expect(parseCpuList(text)).toEqual(cpus));

test.each([
  '',
  ',',
  '1,',
  '-1',
  '1-',
  '2-1',
  '8192',
  '0-99999',
  '1.5',
  '0x1',
  '0-7:1/2',
  'all',
  '0 1',
  '0\n1',
])('%j is none', (text) => expect(parseCpuList(text)).toBeUndefined());

test('what is written is read again, and in the shortest form', () => {
  expect(formatCpuList([0, 1, 2, 4, 6, 7])).toBe('0-2,4,6-7');
  const cpus = fc.uniqueArray(fc.nat({ max: 8191 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(cpus, (list) => {
      const sorted = [...list].sort((a, b) => a - b);
      expect(parseCpuList(formatCpuList(sorted))).toEqual(sorted);
    }),
  );
});
