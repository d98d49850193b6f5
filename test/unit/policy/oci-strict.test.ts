/** Imported profiles where a careless reading would allow more than their authors meant. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { resolveFilter } from '#seccomp/build-filter.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { directoryWith, report } from './policy-files.ts';

async function imported(oci: object): Promise<SeccompProfile> {
  const directory = await directoryWith({ 'p.json': JSON.stringify(oci, null, 1) });
  return loadSeccompProfile(join(directory, 'p.json'));
}

const open = (...syscalls: object[]): object => ({ defaultAction: 'SCMP_ACT_ALLOW', syscalls });
const closed = (...syscalls: object[]): object => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [{ names: ['execve', 'exit_group'], action: 'SCMP_ACT_ALLOW' }, ...syscalls],
});

function answer(profile: SeccompProfile, name: string): string {
  const nr = syscallNumber('x86_64', name) ?? -1;
  const args = [0n, 0n, 0n, 0n, 0n, 0n];
  const filter = resolveFilter(filterRequest('default', { profile }));
  const action = evaluateFilter(filter, { auditArch: AUDIT_ARCH.x86_64, nr, args });
  return action.kind === 'errno' ? `errno ${action.errno}` : action.kind;
}

const kill = (action: string, more: object): object => ({ names: ['kill'], action, ...more });

// What is supported begins with 5.10, and no kernel is the newest for ever.
test.each([
  ['SCMP_ACT_ERRNO', { includes: { minKernel: '5.12' } }, 'errno 1'],
  ['SCMP_ACT_ERRNO', { includes: { minKernel: '4.8' } }, 'errno 1'],
  ['SCMP_ACT_ERRNO', { excludes: { minKernel: '5.12' } }, 'errno 1'],
  ['SCMP_ACT_ERRNO', { excludes: { minKernel: '4.8' } }, 'allow'],
  ['SCMP_ACT_TRAP', { includes: { minKernel: '9.0' } }, 'trap'],
])('%s with %j under a default that allows: %s', async (action, more, expected) => {
  expect(answer(await imported(open(kill(action, more))), 'kill')).toBe(expected);
});

test.each([
  [{ includes: { minKernel: '5.10' } }, 'allow'],
  [{ includes: { minKernel: '5.11' } }, 'errno 1'],
  [{ excludes: { minKernel: '5.12' } }, 'errno 1'],
  [{ excludes: { minKernel: '9.0' } }, 'errno 1'],
])('an allowing rule with %j: %s', async (more, expected) => {
  expect(answer(await imported(closed(kill('SCMP_ACT_ALLOW', more))), 'kill')).toBe(expected);
});

test('rules that count on more kernels, and rules without a call, are noted', async () => {
  const later = kill('SCMP_ACT_ERRNO', { includes: { minKernel: '5.12' } });
  const { notes } = await imported(open(later, { action: 'SCMP_ACT_ERRNO' }));
  expect(notes.map(({ path, value }) => `${path}: ${value}`)).toEqual([
    'syscalls.0: the rule refuses, so it counts on every kernel',
    'syscalls.1: the rule names no call',
  ]);
});

test('a key that nobody knows is refused: `Args` would leave a rule without its conditions', async () => {
  const rule = kill('SCMP_ACT_ALLOW', { Args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }] });
  const lines = await report(() => imported({ ...closed(rule), sycalls: [] }));
  expect(lines).toEqual([
    expect.stringMatching(/ syscalls\.1\.Args: unknown key `Args` \(args\)$/),
    expect.stringMatching(/ sycalls: unknown key `sycalls` \(syscalls\)$/),
  ]);
});

test('a kernel that is no version is refused', async () => {
  const lines = await report(() =>
    imported(open(kill('SCMP_ACT_ERRNO', { includes: { minKernel: 'new' } }))),
  );
  expect(lines).toEqual([expect.stringMatching(/minKernel: expected a version such as 4\.8, got `new`$/)]);
});

test("Podman's errno by name goes before the number, and empty text is none", async () => {
  const rules = [
    { names: ['kill'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, errno: 'EBUSY' },
    { names: ['tkill'], action: 'SCMP_ACT_ERRNO', errnoRet: 3, errno: '' },
    { names: ['tgkill'], action: 'SCMP_ACT_ERRNO', errno: '5' },
  ];
  const profile = await imported({ ...closed(...rules), defaultErrnoRet: 1, defaultErrno: 'ENOSYS' });
  const names = ['kill', 'tkill', 'tgkill', 'pause'];
  expect(names.map((name) => answer(profile, name))).toEqual(['errno 16', 'errno 3', 'errno 5', 'errno 38']);
  const wrong = kill('SCMP_ACT_ERRNO', { errno: 'EBUSSY' });
  expect(await report(() => imported(closed(wrong)))).toEqual([
    expect.stringMatching(/errno: `EBUSSY` is not the name of an errno.*EBUSY/),
  ]);
});

test('a held call that is to end the process for some arguments stays held, with a note', async () => {
  const args = [{ index: 0, value: 16, op: 'SCMP_CMP_EQ' }];
  const profile = await imported(open({ names: ['ptrace'], action: 'SCMP_ACT_KILL_PROCESS', args }));
  expect(answer(profile, 'ptrace')).toBe('errno 1');
  expect(profile.notes.map(({ value }) => value)).toEqual([
    '`ptrace` is held by the mandatory prologue, which stays',
  ]);
});
