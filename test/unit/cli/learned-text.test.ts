import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { learnedProfile } from '#cli/learned-text.ts';

const learned = {
  base: 'default',
  openBase: false,
  argv: ['sh', '-c', 'echo "a: b" # c\n\x1b[31m'],
  counts: {},
  exitCode: 0,
  foreignAbi: false,
  add: ['splice'],
  remove: Array.from({ length: 60 }, (_, i) => `call_${i}`),
  held: [],
  conditional: [],
  unknown: [],
};

test('a profile that parses to what was learned, whatever the command looked like', () => {
  const text = learnedProfile(learned, 'mine');
  expect(parse(text)).toMatchObject({
    version: 1,
    name: 'mine',
    includes: ['default'],
    groups: [{ syscalls: ['splice'] }],
    remove: learned.remove,
  });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('nothing to change: the base alone', () => {
  const parsed: unknown = parse(
    learnedProfile({ ...learned, add: [], remove: [], base: '/x/p.yaml' }, 'same'),
  );
  expect(parsed).toEqual({
    version: 1,
    name: 'same',
    description: expect.any(String),
    includes: ['/x/p.yaml'],
  });
});

test('a base that allows by default is closed for all that was not called', () => {
  const text = learnedProfile({ ...learned, base: '/x/p.yaml', openBase: true }, 'closed');
  expect(parse(text)).toMatchObject({ includes: ['/x/p.yaml'], default: { errno: 'ENOSYS' } });
});
