import { expect, test } from 'vitest';
import { painter } from '#cli/style.ts';

const RED = '\u001b[31mx\u001b[39m';

test.each([
  ['a terminal', true, {}, RED],
  ['a pipe', false, {}, 'x'],
  ['NO_COLOR', true, { NO_COLOR: '1' }, 'x'],
  ['an empty NO_COLOR, which is none', true, { NO_COLOR: '' }, RED],
  ['FORCE_COLOR', false, { FORCE_COLOR: '1' }, RED],
  ['FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, 'x'],
  ['both', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'x'],
  ['a dumb terminal', true, { TERM: 'dumb' }, 'x'],
])('%s', (_, isTerminal, env, expected) => {
  expect(painter(isTerminal, env)('red', 'x')).toBe(expected);
});
