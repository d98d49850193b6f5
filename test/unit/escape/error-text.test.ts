import { expect, test } from 'vitest';
import { errorText, problemText } from '#escape/error-text.ts';
import { WarderError } from '#index.ts';

const details = { path: '/x', errno: 'ENOENT' };
const bare = new WarderError('REQUEST_FILE_UNREADABLE', 'cannot read /x', { details });
const hinted = new WarderError('REQUEST_FILE_UNREADABLE', 'cannot read /x', {
  details,
  hint: 'Check the path',
});

test('a refusal says its code, and a target that is refused what to do about it', () => {
  expect(errorText(hinted)).toBe('REQUEST_FILE_UNREADABLE: cannot read /x');
  expect(problemText(hinted)).toBe('REQUEST_FILE_UNREADABLE: cannot read /x; Check the path');
  expect(problemText(bare)).toBe('REQUEST_FILE_UNREADABLE: cannot read /x');
  expect(problemText(new Error('odd'))).toBe('odd');
});
