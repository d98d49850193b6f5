import { expect, test } from 'vitest';
import { errorJson, errorScreen, toWarderError } from '#cli/report-error.ts';
import { painter } from '#cli/style.ts';
import { usageErrors } from '#cli/usage-error.ts';
import { WarderError } from '#index.ts';

const paint = painter(false, {});

test('a failure is a line with its code, and a hint when there is one', () => {
  const error = new WarderError('HOST_ENGINE_MISSING', 'bubblewrap is not installed', {
    details: { engine: 'bubblewrap', searched: [] },
    hint: 'Install it',
  });
  expect(errorScreen(error, { paint })).toBe(
    'warder: HOST_ENGINE_MISSING: bubblewrap is not installed\nhint: Install it\n',
  );
});

test('several problems are listed with their places; one that the message says already is not repeated', () => {
  const issues = [
    {
      path: 'limits',
      message: 'unknown key `memroy`',
      suggestion: 'memory',
      file: 'p.yaml',
      line: 3,
      column: 5,
    },
    { path: '--pids', message: 'expected a number' },
  ];
  expect(errorScreen(usageErrors(issues), { paint }).split('\n')).toEqual([
    'warder: REQUEST_INVALID: the command line has 2 problems',
    '  p.yaml:3:5: limits: unknown key `memroy`, did you mean `memory`?',
    '  --pids: expected a number',
    '',
  ]);
  expect(errorScreen(usageErrors(issues.slice(1)), { paint })).toBe(
    'warder: REQUEST_INVALID: --pids: expected a number\n',
  );
});

test('a thousand problems still fit on a screen', () => {
  const issues = Array.from({ length: 1000 }, (_, i) => ({ path: `x${i}`, message: 'wrong' }));
  const lines = errorScreen(usageErrors(issues), { paint }).trimEnd().split('\n');
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 980 more');
});

test('text of a policy file cannot steer the terminal', () => {
  const screen = errorScreen(usageErrors([{ path: 'a\u001b[2J', message: 'b\u0007' }]), { paint });
  expect(screen).toBe('warder: REQUEST_INVALID: a^[[2J: b^G\n');
});

test('an unexpected exception is our bug, without a stack trace unless it is asked for', () => {
  const error = toWarderError(new TypeError('x is not a function'));
  const screen = errorScreen(error, { paint });
  expect(screen).toMatch(/^warder: INTERNAL_BUG: x is not a function\nhint: .*please report it.*\n$/);
  expect(screen).not.toContain(' at ');
  expect(errorScreen(error, { paint, withStack: true })).toContain('TypeError: x is not a function\n    at ');
});

test('a limit beyond the ceilings names the option that insists', () => {
  const error = new WarderError('REQUEST_BEYOND_CEILING', 'too much', {
    details: { issues: [] },
    hint: 'Ask for less.',
  });
  expect(errorScreen(error, { paint })).toContain('hint: Ask for less. Or insist with --allow-widen.\n');
});

test('the JSON form is one line', () => {
  const error = new WarderError('HOST_USERNS_DENIED', 'a\nb', { details: { why: 'c' } });
  const text = errorJson(error);
  expect(text.indexOf('\n')).toBe(text.length - 1);
  expect(JSON.parse(text)).toEqual({
    schema: 1,
    ok: false,
    error: { code: 'HOST_USERNS_DENIED', stage: 'host', message: 'a\nb', hint: null, details: { why: 'c' } },
  });
});
