import { expect, test } from 'vitest';
import { diffText } from '#cli/seccomp-diff.ts';

const call = (syscall: string, first: string, second: string) => ({ syscall, first, second });

test('three lists, with what each side says', () => {
  const more = [call('splice', 'allowed', 'errno ENOSYS')];
  const less = [call('open', 'errno EPERM', 'allowed'), call('kill', 'conditional', 'allowed')];
  const different = [call('clone', 'conditional', 'conditional')];
  expect(diffText('./d.json', 'default', { more, less, different }).split('\n')).toEqual([
    './d.json allows, default does not or for fewer arguments:',
    '  CALL    ./d.json  default',
    '  splice  allowed   errno ENOSYS',
    '',
    'default allows, ./d.json does not or for fewer arguments:',
    '  CALL  ./d.json     default',
    '  open  errno EPERM  allowed',
    '  kill  conditional  allowed',
    '',
    'judged by other arguments:',
    '  CALL   ./d.json     default',
    '  clone  conditional  conditional',
    '',
  ]);
});

test('lists without a call are left out', () => {
  const none = { more: [], less: [], different: [] };
  expect(diffText('a', 'b', none)).toBe('a and b allow the same\n');
  expect(diffText('a', 'b', { ...none, less: [call('open', 'x', 'allowed')] })).toBe(
    'b allows, a does not or for fewer arguments:\n  CALL  a  b\n  open  x  allowed\n',
  );
});
