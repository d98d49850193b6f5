/** Attacks on what a policy itself puts into the jail. */
import { expect, test } from 'vitest';
import { workspaceHooks } from '#escape/attacks/persistence/workspace-hooks.ts';
import { aliasesOf, withAliases } from '#escape/bind-aliases.ts';
import type { OpenCanaries } from '#escape/canaries.ts';
import type { Bind, CallAnswer, Facts, JudgeContext, ProbeAnswer } from '#escape/types.ts';

const under = (...binds: readonly Bind[]): Facts => ({ policy: { binds } }) as unknown as Facts;
const bind = (source: string, target: string, readOnly = true): Bind => ({ source, target, readOnly });

test.each([
  ['/tmp', '/data', '/tmp/x/file', ['/data/x/file']],
  ['/tmp/', '/data', '/tmp/x/file', ['/data/x/file']],
  ['/home', '/mnt', '/home', ['/mnt']],
  ['/', '/host', '/etc/shadow', ['/host/etc/shadow']],
  ['/run/docker.sock', '/d.sock', '/run/docker.sock', ['/d.sock']],
  ['/tmp/other', '/data', '/tmp/x/file', []],
  ['/tmp/x', '/data', '/tmp/xy', []],
  // A part of it was granted, not all.
  ['/home/user/project', '/data', '/home', []],
])('%s at %s: %s lies at %j', (source, target, path, aliases) => {
  expect(aliasesOf(path, under(bind(source, target)))).toEqual(aliases);
});

test('each path once, with what it is called besides', () => {
  const facts = under(bind('/etc', '/etc'), bind('/etc', '/mnt'));
  expect(withAliases(['/etc/shadow'], facts)).toEqual(['/etc/shadow', '/mnt/shadow']);
  expect(withAliases(['/etc/shadow'], { policy: {} } as unknown as Facts)).toEqual(['/etc/shadow']);
});

test('only what is shared for writing is written to', () => {
  expect(workspaceHooks.applies?.(under(bind('/srv', '/data')))).toContain('nothing of the host');
  const facts = under(bind('/srv', '/data', false), bind('/opt', '/opt'));
  expect(workspaceHooks.applies?.(facts)).toBeNull();
  const calls = workspaceHooks.probes({ token: 'f00d' } as OpenCanaries, facts);
  expect(calls.map(({ argv }) => argv)).toEqual([
    ['open', 'w', '/data', '/srv'],
    ['open', 'wc', '/data/.warder-f00d', '/srv/.warder-f00d'],
  ]);
});

test.each<[string, readonly (string | null)[], string, string]>([
  ['a file was made', ['EISDIR', 'ENOENT', null, 'ENOENT'], 'escaped', 'escaped'],
  ['the directory is of somebody else', ['EISDIR', 'ENOENT', 'EACCES', 'ENOENT'], 'contained', 'contained'],
  ['it is a socket', ['ENXIO', 'ENOENT', 'ENOTDIR', 'ENOENT'], 'contained', 'not-applicable'],
  ['nobody knows', ['EISDIR', 'ENOENT', 'EIO', 'ENOENT'], 'error', 'error'],
])('%s', (_, errnos, inside, onHost) => {
  const calls = errnos.map((errno, index): CallAnswer => ({ name: `${index}`, errno, value: '0' }));
  const answers: ProbeAnswer[] = [{ name: '/data', calls, lines: [], end: { kind: 'exited', code: 0 } }];
  const at = (place: JudgeContext['place']) => ({ place }) as JudgeContext;
  expect(workspaceHooks.judge(answers, at('sandbox')).verdict).toBe(inside);
  expect(workspaceHooks.judge(answers, at('host')).verdict).toBe(onHost);
});
