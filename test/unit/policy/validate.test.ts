import { describe, expect, test } from 'vitest';
import { validateOverrides } from '#policy/validate.ts';
import { caught, issuesOf, load, loadBody, report } from './policy-files.ts';

test('every problem is reported at once, with place, path and suggestion', async () => {
  const body =
    'limits:\n  memroy: 1GiB\n  wall: 30\n  cpuTime: 5sec\n  stack: 0\nnetwork: { mode: nonee }\nnetwrk: 1\n';
  expect(await report(() => loadBody(body))).toEqual([
    '5:3 limits.memroy: unknown key `memroy` (memory)',
    '6:9 limits.wall: 30 has no unit, write ms, s, m or h behind the number, such as `30s`',
    '7:12 limits.cpuTime: expected a duration such as `30s` or `unlimited`, got `5sec` (5s)',
    '8:10 limits.stack: zero is refused here',
    '9:18 network.mode: `nonee` is not one of none, loopback (none)',
    '10:1 netwrk: unknown key `netwrk` (network)',
  ]);
});

test('an issue names its file and the message begins with the first', async () => {
  const error = await caught(() => loadBody('limits: { memroy: 1GiB }'));
  expect(error.code).toBe('POLICY_INVALID');
  expect(error.message).toMatch(
    /has a problem: .*p\.yaml:4:11: limits\.memroy: unknown key `memroy`, did you mean `memory`\?$/,
  );
  expect((await issuesOf(() => loadBody('x: 1')))[0]?.file).toMatch(/p\.yaml$/);
});

describe.each([
  ['stdout: { siz: 1MiB }', '4:21 limits.stdout.siz: unknown key `siz` (size)'],
  ['stdout: { onExceed: kil }', '4:31 limits.stdout.onExceed: `kil` is not one of kill, truncate (kill)'],
  [
    'stderr: 5',
    '4:19 limits.stderr: 5 has no unit, write B, KiB, MiB or GiB behind the number, such as `512MiB`',
  ],
  ['stderr: [5]', '4:19 limits.stderr: expected a size such as `512MiB` or `unlimited`, got a list'],
  ['tmp: 5MiB', '4:16 limits.tmp: expected a mapping'],
  ['core: unlimited', '4:17 limits.core: expected a size such as `512MiB`, got `unlimited`'],
  [
    'openFiles: unlimited',
    '4:22 limits.openFiles: expected a whole number from 1 to 1048576, got `unlimited`',
  ],
])('limits { %s }', (text, issue) => {
  test('is refused', async () =>
    expect(await report(() => loadBody(`limits: { ${text} }`))).toEqual([issue]));
});

describe.each([
  ['network: none', '4:10 network: expected a mapping'],
  ['devices: null', '4:10 devices: expected a list'],
  ['limits:', '4:8 limits: expected a mapping'],
  ['devices: [nul]', '4:11 devices.0: `nul` is not one of null, zero, full, random, urandom (null)'],
  [
    'environment: { 1A: x }',
    '4:16 environment.1A: expected letters, digits and underscores, not starting with a digit',
  ],
  ['languages: { Go: {} }', '4:14 languages.Go: expected the id of a language'],
  ['languages: { go: { ceilings: {} } }', '4:20 languages.go.ceilings: unknown key `ceilings`'],
  [
    'devices: [null]\n+devices: [full]',
    '5:1 +devices: `devices` stands beside it: a list is either replaced or appended to',
  ],
  [
    'filesystem: { mounts: [{ source: /a, target: /b }] }',
    '4:24 filesystem.mounts.0.type: this key is required',
  ],
  [
    'allowDegraded: [rootf]',
    expect.stringMatching(/^4:17 allowDegraded\.0: `rootf` is not one of .* \(rootfs\)$/),
  ],
  ['limits: &l { wal: 1s }\ncompile: { limits: *l }', '4:14 limits.wal: unknown key `wal` (wall)'],
])('%j', (body, issue) => {
  test('is refused', async () => expect((await report(() => loadBody(body)))[0]).toEqual(issue));
});

test.each([
  ['[]', ['1:1 : expected a mapping']],
  ['5', ['1:1 : expected a mapping']],
  ['version: 2', ['1:1 name: this key is required', '1:10 version: `2` is not 1']],
  ['version: 1\nname: p\nextends: base', ['3:10 extends: expected a list']],
  [
    'version: 1\nname: P q',
    ['2:7 name: expected a name of lower-case letters, digits and hyphens, got `P q`'],
  ],
])('the head %j is refused', async (text, expected) =>
  expect(await report(() => load(text))).toEqual(expected),
);

describe('overrides', () => {
  test('have no positions', () => {
    expect(validateOverrides({ limits: { memroy: 1 } })).toEqual({
      ok: false,
      issues: [{ path: 'limits.memroy', message: 'unknown key `memroy`', suggestion: 'memory' }],
    });
  });
  test('may be anything but valid', () => {
    for (const value of [null, 1, 'x', [], undefined]) expect(validateOverrides(value).ok).toBe(false);
    expect(validateOverrides({})).toEqual({ ok: true, value: {} });
  });
  test('a value that contains itself is refused like any other', () => {
    const round: Record<string, unknown> = {};
    round['limits'] = round;
    expect(validateOverrides(round).ok).toBe(false);
  });
});
