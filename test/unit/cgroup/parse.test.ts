import { expect, test } from 'vitest';
import { parseKeyed, parseNumber, parsePids } from '#cgroup/parse.ts';

test.each([
  ['0\n', 0],
  ['9007199254740991\n', Number.MAX_SAFE_INTEGER],
  ['max\n', null],
  ['-1\n', null],
  ['', null],
  [null, null],
])('parseNumber(%j) is %s', (text, expected) => {
  expect(parseNumber(text)).toBe(expected);
});

test('parseKeyed takes the whole key, not a prefix of it', () => {
  const text = 'oom_kill_disable 1\nunder_oom 0\noom_kill 2\n';
  expect(parseKeyed(text, 'oom_kill')).toBe(2);
  expect(parseKeyed(text, 'oom')).toBeNull();
  expect(parseKeyed('key\n', 'key')).toBeNull();
  expect(parseKeyed(null, 'key')).toBeNull();
});

test('parsePids keeps zeros, which stand for processes out of sight', () => {
  expect(parsePids('0\n12\n\nx\n7\n')).toEqual([0, 12, 7]);
});
