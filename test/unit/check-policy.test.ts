import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listShippedPolicies, loadPolicyFile } from '#policy/load.ts';
import { checkSeccomp } from '../../src/check-policy.ts';

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function check(body: string): Promise<void> {
  const path = join(directory, 'policy.yaml');
  writeFileSync(path, `version: 1\nname: p\nextends: [strict]\n${body}\n`);
  checkSeccomp(await loadPolicyFile(path));
}

test('every shipped policy compiles', async () => {
  for (const name of await listShippedPolicies()) checkSeccomp(await loadPolicyFile(name));
});

test.each([
  ['an unknown call', 'seccomp: { deny: [tims] }'],
  ['a call that the prologue holds', 'seccomp: { allow: [ptrace] }'],
  ['a call of one language only', 'languages: { python: { seccomp: { allow: [opne] } } }'],
])('%s is told', async (_, body) => {
  await expect(check(body)).rejects.toMatchObject({ code: 'SECCOMP_INVALID' });
});

test('an unknown profile is told when the policy is loaded', async () => {
  await expect(check('seccomp: { profile: nope }')).rejects.toMatchObject({ code: 'POLICY_INVALID' });
});

test('a profile that cannot start a program is told, for one language too', async () => {
  const java = (rules: string): string => `languages: { java: { ${rules} } }\n`;
  const write = (name: string, text: string): void =>
    writeFileSync(join(directory, name), `version: 1\nname: e\n${text}`);
  write('empty.yaml', java('groups: [{ why: x, syscalls: [execve, exit_group] }]'));
  write('java.yaml', `includes: [default]\n${java('remove: [execve]')}`);
  for (const profile of ['./empty.yaml', './java.yaml']) {
    await expect(check(`seccomp: { profile: ${profile} }`)).rejects.toMatchObject({
      code: 'SECCOMP_INVALID',
    });
  }
});

test('rules that compile are fine', async () => {
  await check('seccomp: { allow: [splice], deny: [times] }');
});
