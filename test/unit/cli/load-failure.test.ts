import { expect, test } from 'vitest';
import { EXIT } from '#cli/exit-code.ts';
import { loadFailure } from '#cli/load-failure.ts';
import { toWarderError } from '#cli/report-error.ts';
import { errorReportSchema } from '#cli/result-schema.ts';

const noFiles = Object.assign(new Error("EMFILE: too many open files, open 'x.js'"), { code: 'EMFILE' });
const missing = Object.assign(new Error("Cannot find module 'x'\nRequire stack:"), {
  code: 'ERR_MODULE_NOT_FOUND',
});

test('too few descriptors are the host’s matter, everything else is ours', () => {
  expect(loadFailure(noFiles, false)).toEqual({
    code: EXIT.unavailable,
    text: expect.stringMatching(/^warder: HOST_RESOURCE_EXHAUSTED: [^\n]*EMFILE\nhint: [^\n]*ulimit -n\)\n$/),
  });
  expect(loadFailure(missing, false)).toEqual({
    code: EXIT.software,
    text: "warder: INTERNAL_BUG: the program cannot be loaded: Cannot find module 'x'\nhint: Install the package anew\n",
  });
  expect(loadFailure('text', false).text).toContain('loaded: text');
});

test.each([noFiles, missing])('with --json it is a report like any other: %s', (error) => {
  const { text } = loadFailure(error, true);
  expect(errorReportSchema.safeParse(JSON.parse(text)).error).toBeUndefined();
});

test('an error of that kind that comes later has the same code', () => {
  expect(toWarderError(noFiles).toJSON()).toMatchObject({
    code: 'HOST_RESOURCE_EXHAUSTED',
    details: { what: 'descriptor', errno: 'EMFILE' },
  });
});
