import { expect, test } from 'vitest';
import { splitArgv, wantsJson } from '#cli/argv.ts';

test.each([
  [['run', 'a.py'], { head: ['run', 'a.py'], programArgs: null }],
  [['run', 'a.py', '--'], { head: ['run', 'a.py'], programArgs: [] }],
  [['cmd', '--', 'sh', '--', '--json'], { head: ['cmd'], programArgs: ['sh', '--', '--json'] }],
])('%j', (argv, split) => {
  expect(splitArgv(argv)).toEqual(split);
});

test('--json after -- is the program’s', () => {
  expect(wantsJson(splitArgv(['run', 'a.py', '--json']))).toBe(true);
  expect(wantsJson(splitArgv(['run', '--json=events']))).toBe(true);
  expect(wantsJson(splitArgv(['run', 'a.py', '--', '--json']))).toBe(false);
});
