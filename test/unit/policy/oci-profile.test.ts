import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { buildFilter, resolveFilter } from '#seccomp/build-filter.ts';
import { compareFilters } from '#seccomp/compare-filters.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import { ARCHES, type Arch } from '#seccomp/ir.ts';
import type { SeccompProfile } from '#seccomp/profile.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';
import { filterRequest, shippedProfile } from '../../helpers/filters.ts';
import { directoryWith, report } from './policy-files.ts';

/** In the shape of Docker's file: an arch map, names by the dozen, rules for capabilities, kernels and architectures. */
const DOCKER_SHAPE = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
    { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
  ],
  syscalls: [
    {
      names: ['read', 'write', 'execve', 'exit_group', 'splice', 'mmap', 'socketcall', 'not_a_call'],
      action: 'SCMP_ACT_ALLOW',
    },
    { names: ['ptrace', 'process_vm_readv'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '4.8' } },
    { names: ['syslog'], action: 'SCMP_ACT_ALLOW', includes: { caps: ['CAP_SYSLOG'] } },
    { names: ['close_range'], action: 'SCMP_ACT_ALLOW', includes: { minKernel: '9.9' } },
    { names: ['openat'], action: 'SCMP_ACT_ALLOW', excludes: { minKernel: '4.8' } },
    { names: ['arch_prctl', 'fork'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['amd64', 'x32'] } },
    { names: ['breakpoint', 'kill'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['arm', 'arm64'] } },
    { names: ['clock_settime'], action: 'SCMP_ACT_ALLOW', includes: { arches: ['s390x'] } },
    {
      names: ['clone'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value: 2114060288, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      excludes: { caps: ['CAP_SYS_ADMIN'], arches: ['s390', 's390x'] },
    },
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38, excludes: { caps: ['CAP_SYS_ADMIN'] } },
    ...[0, 8, 0xffffffff].map((value) => ({
      names: ['personality'],
      action: 'SCMP_ACT_ALLOW',
      args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }],
    })),
    { names: ['bind'], action: 'SCMP_ACT_ERRNO', comment: 'as the default says' },
  ],
};

async function imported(oci: unknown): Promise<SeccompProfile> {
  const text = typeof oci === 'string' ? oci : JSON.stringify(oci, null, 1);
  return loadSeccompProfile(join(await directoryWith({ 'p.json': text }), 'p.json'));
}

const notesOf = ({ notes }: SeccompProfile): string[] => notes.map(({ path, value }) => `${path}: ${value}`);

/** `allow`, `errno 1`, with the prologue above. */
function answer(
  profile: SeccompProfile,
  name: string,
  args: readonly number[] = [],
  arch: Arch = 'x86_64',
): string {
  const filter = resolveFilter(filterRequest('default', { profile, arch }));
  const six = Array.from({ length: 6 }, (_, index) => BigInt(args[index] ?? 0));
  const call = { auditArch: AUDIT_ARCH[arch], nr: syscallNumber(arch, name) ?? -1, args: six };
  const action = evaluateFilter(filter, call);
  return action.kind === 'errno' ? `errno ${action.errno}` : action.kind;
}

/** The rules under test, with what every program needs. */
const withRules = (syscalls: readonly unknown[], more: object = {}): object => ({
  defaultAction: 'SCMP_ACT_ERRNO',
  architectures: ['SCMP_ARCH_X86_64'],
  ...more,
  syscalls: [{ names: ['execve', 'exit_group'], action: 'SCMP_ACT_ALLOW' }, ...syscalls],
});

describe("a file in the shape of Docker's", () => {
  test('allows what it says, for each architecture, below the prologue', async () => {
    const profile = await imported(DOCKER_SHAPE);
    expect(answer(profile, 'splice')).toBe('allow');
    expect(answer(profile, 'fork')).toBe('allow');
    expect([answer(profile, 'kill'), answer(profile, 'kill', [], 'aarch64')]).toEqual(['errno 1', 'allow']);
    expect([answer(profile, 'ptrace'), answer(profile, 'clone3')]).toEqual(['errno 1', 'errno 38']);
    expect([answer(profile, 'clone', [17]), answer(profile, 'clone', [0x10000000])]).toEqual([
      'allow',
      'errno 1',
    ]);
    expect([0, 8, 0xffffffff].map((value) => answer(profile, 'personality', [value]))).toEqual([
      'allow',
      'errno 1',
      'allow',
    ]);
    expect(answer(profile, 'mmap', [0, 0, 0, 0x40000])).toBe('errno 12');
    expect([answer(profile, 'close_range'), answer(profile, 'openat')]).toEqual(['errno 1', 'errno 1']);
  });

  test('says what it left out', async () => {
    expect(notesOf(await imported(DOCKER_SHAPE))).toEqual([
      'archMap: calls of other ABIs end the process, so these do not count: SCMP_ARCH_X86, SCMP_ARCH_X32, SCMP_ARCH_ARM',
      'syscalls.0.names.6: `socketcall` is not a system call of a supported architecture',
      'syscalls.0.names.7: `not_a_call` is not a system call of a supported architecture',
      'syscalls.1.names.0: `ptrace` is held by the mandatory prologue, which stays',
      'syscalls.1.names.1: `process_vm_readv` is held by the mandatory prologue, which stays',
      'syscalls.2: the rule does not apply: it needs CAP_SYSLOG, and the program has no capabilities',
      'syscalls.3: the rule does not apply: it needs Linux 9.9, and 5.10 is supported as well',
      'syscalls.4: the rule does not apply: it excludes Linux 4.8 and newer',
      'syscalls.6.names.0: `breakpoint` is not a system call of a supported architecture',
      'syscalls.7: the rule does not apply: it is for s390x',
      'syscalls.9.names.0: `clone3` is held by the mandatory prologue, which stays',
    ]);
  });

  test('knows file, line and comment of each rule, and keeps one that says what the default says', async () => {
    const { rules } = buildFilter(
      filterRequest('default', { profile: await imported(DOCKER_SHAPE) }),
    ).summary;
    const bind = rules.find(({ syscall }) => syscall === 'bind');
    expect(bind).toMatchObject({ action: 'errno EPERM', why: 'as the default says' });
    expect(bind?.source).toMatch(/p\.json:\d+$/);
  });

  test('is compared with default: what it allows that default denies, and the other way round', async () => {
    const summary = (profile: SeccompProfile) => buildFilter(filterRequest('default', { profile })).summary;
    const { more, less, different } = compareFilters(
      summary(await imported(DOCKER_SHAPE)),
      summary(shippedProfile('default')),
    );
    expect(more).toEqual([{ syscall: 'splice', first: 'allowed', second: 'errno ENOSYS' }]);
    expect(less.map(({ syscall }) => syscall)).toContain('openat');
    expect(less.find(({ syscall }) => syscall === 'bind')).toEqual({
      syscall: 'bind',
      first: 'errno EPERM',
      second: 'allowed',
    });
    // Docker's conditions are wider, the prologue's stand before them.
    expect(different.map(({ syscall }) => syscall)).toEqual(['clone', 'personality']);
    const same = summary(shippedProfile('default'));
    expect(compareFilters(same, same)).toEqual({ more: [], less: [], different: [] });
    const open = summary(await imported({ defaultAction: 'SCMP_ACT_ALLOW' }));
    const added = compareFilters(open, same);
    expect([added.less, added.more.map((one) => one.syscall)]).toEqual([
      [],
      expect.arrayContaining(['splice', 'sync']),
    ]);
    expect(added.more.map((one) => one.syscall)).not.toContain('ptrace');
    const strict = compareFilters(summary(shippedProfile('strict')), same);
    expect([strict.more, strict.different.map(({ syscall }) => syscall)]).toEqual([[], ['fcntl', 'prctl']]);
  });
});

describe('several rules for one call', () => {
  const rule = (action: string, args?: readonly object[], more: object = {}) => ({
    names: ['kill'],
    action,
    ...(args ? { args } : {}),
    ...more,
  });
  const eq = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' });

  test('the strictest that holds decides', async () => {
    const profile = await imported(
      withRules([
        rule('SCMP_ACT_ALLOW'),
        rule('SCMP_ACT_ERRNO', [eq(1, 9)], { errnoRet: 3 }),
        rule('SCMP_ACT_KILL_PROCESS', [eq(1, 9), eq(0, 1)]),
        rule('SCMP_ACT_LOG', [eq(1, 2)]),
      ]),
    );
    expect(
      [
        [5, 5],
        [5, 9],
        [1, 9],
        [5, 2],
      ].map((args) => answer(profile, 'kill', args)),
    ).toEqual(['allow', 'errno 3', 'killProcess', 'log']);
  });

  test('what is looser than the rule without conditions never applies', async () => {
    const profile = await imported(withRules([rule('SCMP_ACT_TRAP'), rule('SCMP_ACT_ALLOW', [eq(1, 9)])]));
    expect(answer(profile, 'kill', [0, 9])).toBe('trap');
  });

  test('without such a rule the default follows, and repeated rules count once', async () => {
    const twice = [rule('SCMP_ACT_ALLOW', [eq(1, 9)]), rule('SCMP_ACT_ALLOW', [eq(1, 9)])];
    const profile = await imported(withRules(twice, { defaultErrnoRet: 95 }));
    expect([answer(profile, 'kill', [0, 9]), answer(profile, 'kill', [0, 8])]).toEqual(['allow', 'errno 95']);
  });

  test('several conditions on one argument are alternatives', async () => {
    const profile = await imported(withRules([rule('SCMP_ACT_ALLOW', [eq(1, 9), eq(1, 15)])]));
    expect([9, 15, 2].map((signal) => answer(profile, 'kill', [0, signal]))).toEqual([
      'allow',
      'allow',
      'errno 1',
    ]);
  });
});

test.each([
  ['NE', [0, 1, 3], 2],
  ['LT', [0, 1], 2],
  ['LE', [0, 1, 2], 2],
  ['EQ', [2], 2],
  ['GE', [2, 3], 2],
  ['GT', [3], 2],
])('SCMP_CMP_%s holds for %j', async (op, holds, value) => {
  const args = [{ index: 0, value, op: `SCMP_CMP_${op}` }];
  const profile = await imported(withRules([{ name: 'kill', action: 'SCMP_ACT_ALLOW', args }]));
  for (const argument of [0, 1, 2, 3]) {
    const expected = holds.includes(argument) ? 'allow' : 'errno 1';
    expect([argument, answer(profile, 'kill', [argument])]).toEqual([argument, expected]);
  }
});

test('values of 64 bits are exact', async () => {
  const text = `{ "defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{ "names": ["execve", "exit_group"], "action": "SCMP_ACT_ALLOW" },
    { "names": ["kill"], "action": "SCMP_ACT_ALLOW", "args": [{ "index": 0, "value": 18446744073709551615, "op": "SCMP_CMP_EQ" }] }] }`;
  const { documents } = await imported(text);
  expect(documents[0]?.layer.groups.at(-1)?.when[0]?.value.value).toBe(18446744073709551615n);
});

test('actions that have no meaning here are replaced by stricter ones, with a note', async () => {
  const rules = ['KILL', 'KILL_THREAD', 'TRACE', 'NOTIFY'].map((action, index) => ({
    names: [['read', 'write', 'open', 'close'][index]],
    action: `SCMP_ACT_${action}`,
  }));
  const wrong = { names: ['stat'], action: 'SCMP_ACT_ERRNO', errnoRet: 0 };
  const more = { flags: ['SECCOMP_FILTER_FLAG_LOG'], listenerPath: '/run/x' };
  const profile = await imported(withRules([...rules, wrong], more));
  expect(['read', 'write', 'open', 'close', 'stat'].map((name) => answer(profile, name))).toEqual([
    'killProcess',
    'killProcess',
    'errno 38',
    'errno 38',
    'errno 1',
  ]);
  expect(notesOf(profile)).toEqual([
    "flags: flags of the runtime's own filter do not count: SECCOMP_FILTER_FLAG_LOG",
    'listenerPath: no listener of the profile is asked',
    'syscalls.1.action: ends the process: one thread less would leave a program that hangs',
    'syscalls.2.action: ends the process: one thread less would leave a program that hangs',
    'syscalls.3.action: SCMP_ACT_TRACE has nobody to ask, so the call answers ENOSYS',
    'syscalls.4.action: SCMP_ACT_NOTIFY has nobody to ask, so the call answers ENOSYS',
    'syscalls.5.action: errno 0 is not between 1 and 4095, so the call answers EPERM',
  ]);
});

test('ending the process is stricter than the prologue', async () => {
  const profile = await imported(withRules([{ names: ['ptrace'], action: 'SCMP_ACT_KILL_PROCESS' }]));
  expect(answer(profile, 'ptrace')).toBe('killProcess');
});

test('a profile of ours can include one', async () => {
  const directory = await directoryWith({
    'oci.json': JSON.stringify(DOCKER_SHAPE),
    'p.yaml': 'version: 1\nname: p\nincludes: [./oci.json]\nremove: [splice]\n',
  });
  const profile = await loadSeccompProfile(join(directory, 'p.yaml'));
  expect([answer(profile, 'splice'), profile.notes.length]).toEqual(['errno 1', 11]);
});

test('what is malformed is refused, each problem with its place', async () => {
  const text = `{ "defaultAction": "SCMP_ACT_DENY",
  "syscalls": [
    { "names": "read", "action": "SCMP_ACT_ALLOW" },
    { "names": ["read"], "action": 7, "errnoRet": -1,
      "args": [{ "index": 6, "value": -1, "op": "SCMP_CMP_MASK" }] },
    { "names": [7], "action": "SCMP_ACT_ALLOW", "errnoRet": 99999999999999999999 } ] }`;
  expect(await report(() => imported(text))).toEqual([
    expect.stringMatching(/^1:20 defaultAction: `SCMP_ACT_DENY` is not one of SCMP_ACT_ALLOW, /),
    '3:16 syscalls.0.names: expected a list',
    expect.stringMatching(/^4:36 syscalls\.1\.action: `7` is not one of /),
    '4:51 syscalls.1.errnoRet: expected a whole number of at least 0, got `-1`',
    expect.stringMatching(/^5:27 syscalls\.1\.args\.0\.index: `6` is not one of 0, 1, /),
    '5:39 syscalls.1.args.0.value: expected a whole number of at least 0, got `-1`',
    expect.stringMatching(/^5:49 syscalls\.1\.args\.0\.op: `SCMP_CMP_MASK` is not one of /),
    '6:17 syscalls.2.names.0: expected text, got `7`',
    '6:61 syscalls.2.errnoRet: `99999999999999999999` is no errno',
  ]);
});

test('conditions that cannot hold are refused, as in our own format', async () => {
  const args = [{ index: 0, value: 1, valueTwo: 2, op: 'SCMP_CMP_MASKED_EQ' }];
  const [line] = await report(() =>
    imported(withRules([{ names: ['kill'], action: 'SCMP_ACT_ALLOW', args }])),
  );
  expect(line).toMatch(/the value has bits outside the mask: it never holds$/);
});

test('resolves on every architecture', async () => {
  const profile = await imported(DOCKER_SHAPE);
  for (const arch of ARCHES)
    expect(buildFilter(filterRequest('default', { profile, arch })).program.length).toBeGreaterThan(0);
});
