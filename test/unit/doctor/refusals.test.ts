import { describe, expect, test } from 'vitest';
import { judgeRefusal, lacksTree, type RefusalContext } from '#doctor/refusals.ts';
import { WarderError } from '#error/warder-error.ts';

const CONTEXT: RefusalContext = {
  rootfs: 'auto',
  manifests: ['bash', 'python'],
  self: ['/usr/bin/node', '/opt/my warder/main.js'],
};

const gap = (...controls: readonly string[]) =>
  new WarderError('HOST_CONTROL_UNENFORCEABLE', 'cannot enforce', {
    details: { controls: controls.map((control) => ({ control, why: 'it is so' })) },
    hint: 'Do something',
  });
const notBuilt = (rootfs: string) =>
  new WarderError('HOST_ROOTFS_MISSING', 'no tree', { details: { rootfs } });
const damaged = (rootfs: string) =>
  new WarderError('HOST_ROOTFS_DAMAGED', 'broken', { details: { rootfs, problems: [] } });

const build = (name: string): string => `/usr/bin/node '/opt/my warder/main.js' rootfs build ${name}`;

describe('the repair of a refusal', () => {
  test.each([
    ['no tree for a command', gap('rootfs'), null, build('bash')],
    ['no tree for a language', gap('rootfs'), 'python', build('python')],
    ['no manifest for the language', gap('rootfs'), 'typescript', undefined],
    ['more is missing than a tree', gap('rootfs', 'memory'), null, undefined],
    ['a tree by its name', notBuilt('python'), null, build('python')],
    ['a name that nobody can build', notBuilt('never'), null, undefined],
    ['a damaged tree', damaged('python'), 'python', build('python')],
    ['an imported one', damaged('alpine'), 'python', undefined],
    ['not from warder', new Error('x'), null, undefined],
  ])('%s', (_, thrown, language, script) => {
    const finding = judgeRefusal(thrown, language, CONTEXT);
    expect(finding.state).toBe('failed');
    expect(finding.fix?.script).toBe(script);
    // A tree lies in the store of whoever asks, root or not.
    expect(finding.fix?.asRoot ?? false).toBe(false);
  });

  test('a policy that names the files of the host is not helped by a tree', () => {
    expect(judgeRefusal(gap('rootfs'), null, { ...CONTEXT, rootfs: 'host' }).fix).toBeUndefined();
  });

  test('a language that is not installed: its package', () => {
    const details = { language: 'python', searched: [] };
    const error = new WarderError('HOST_LANGUAGE_MISSING', 'not there', { details });
    expect(judgeRefusal(error, 'python', CONTEXT)).toMatchObject({
      code: 'HOST_LANGUAGE_MISSING',
      fix: { asRoot: true, script: expect.stringMatching(/apt-get install --yes python3$/) },
    });
  });
});

test('code, message and hint are those of the refusal; what is no error of warder is its own fault', () => {
  expect(judgeRefusal(gap('memory'), null, CONTEXT)).toEqual({
    state: 'failed',
    found: 'HOST_CONTROL_UNENFORCEABLE: cannot enforce (Do something)',
    code: 'HOST_CONTROL_UNENFORCEABLE',
  });
  expect(judgeRefusal(new TypeError('odd'), null, CONTEXT).code).toBe('INTERNAL_BUG');
});

test.each([
  [gap('rootfs'), true],
  [gap('memory', 'rootfs'), false],
  [notBuilt('x'), true],
  [damaged('x'), false],
  [new Error('x'), false],
])('whether a tree is all that is missing: %s', (thrown, expected) => {
  expect(lacksTree(thrown)).toBe(expected);
});
