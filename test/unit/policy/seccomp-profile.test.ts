import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES } from '#policy/files.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { listShippedProfiles, loadSeccompProfile } from '#policy/seccomp-profile.ts';
import { ARCHES } from '#seccomp/ir.ts';
import { type ResolvedProfile, resolveProfile } from '#seccomp/profile.ts';
import { caught, directoryWith, load, loadBody, report } from './policy-files.ts';

const HEAD = 'version: 1\nname: p\n';

/** Loads `text` as a profile; further files lie beside it. */
async function profile(text: string, files: Readonly<Record<string, string>> = {}) {
  const directory = await directoryWith({ 'p.yaml': text, ...files });
  return loadSeccompProfile(join(directory, 'p.yaml'));
}

async function problems(text: string, files: Readonly<Record<string, string>> = {}) {
  return report(() => profile(text, files));
}

async function resolved(
  text: string,
  files: Readonly<Record<string, string>> = {},
  language?: string,
): Promise<ResolvedProfile> {
  return resolveProfile((await profile(text, files)).documents, { arch: 'x86_64', language });
}

const group = (names: string, more = ''): string => `groups: [{ why: test, syscalls: [${names}]${more} }]\n`;

describe('what is shipped', () => {
  test('exactly these', async () =>
    expect(await listShippedProfiles()).toEqual(['compiler', 'default', 'paranoid', 'strict']));

  test('each loads under its own name, with a description and without notes', async () => {
    for (const name of await listShippedProfiles()) {
      const { documents, description, notes } = await loadSeccompProfile(name);
      expect([documents.at(-1)?.name, description.length > 20, notes]).toEqual([name, true, []]);
    }
  });
});

describe('documents', () => {
  test('an action and its reason, with the line of each call', async () => {
    const { calls, defaultAction } = await resolved(
      `${HEAD}default: { errno: EPERM }\ngroups:\n  - why: reading\n    syscalls:\n      - read\n      - write\n    action: log\n`,
    );
    expect(defaultAction).toMatchObject({ action: { kind: 'errno', errno: 1 }, source: { line: 3 } });
    expect(calls.get('write')).toMatchObject({
      branches: [],
      otherwise: { action: { kind: 'log' }, why: 'reading', source: { line: 8 } },
    });
  });

  test('every action', async () => {
    const one = (name: string, action: string): string =>
      `  - { why: x, syscalls: [${name}], action: ${action} }\n`;
    const { calls } = await resolved(
      `${HEAD}groups:\n${one('a'.replace('a', 'read'), 'allow')}${one('write', '{ errno: 4095 }')}${one('open', 'killProcess')}${one('close', 'trap')}${one('stat', 'log')}${one('fstat', 'notify')}`,
    );
    expect([...calls.values()].map(({ otherwise }) => otherwise.action)).toEqual([
      { kind: 'allow' },
      { kind: 'errno', errno: 4095 },
      { kind: 'killProcess' },
      { kind: 'trap' },
      { kind: 'log' },
      { kind: 'notify' },
    ]);
  });

  test('conditions by name, by number of 64 bits and by negative number', async () => {
    const when = `, when: [{ arg: 0, op: eq, value: AT_FDCWD, width: 32 }, { arg: 1, op: le, value: 0xffffffffffffffff, width: 64 }, { arg: 2, op: maskedEq, mask: PROT_READ|PROT_EXEC, value: PROT_EXEC, width: 64 }, { arg: 3, op: ne, value: -1, width: 32 }]`;
    const text = `${HEAD}${group('openat', when.replace('op: le', 'op: lt'))}`;
    expect((await resolved(text)).calls.get('openat')?.branches[0]?.when).toEqual([
      { op: 'eq', arg: 0, width: 32, value: 0xffffff9cn },
      { op: 'lt', arg: 1, width: 64, value: 0xffffffffffffffffn },
      { op: 'maskedEq', arg: 2, width: 64, mask: 5n, value: 4n },
      { op: 'ne', arg: 3, width: 32, value: 0xffffffffn },
    ]);
  });

  test('a name has the value of its architecture', async () => {
    const when = ', when: [{ arg: 2, op: eq, value: O_DIRECT, width: 32 }]';
    const { documents } = await profile(`${HEAD}${group('openat', when)}`);
    const values = ARCHES.map((arch) => {
      const [branch] = resolveProfile(documents, { arch }).calls.get('openat')?.branches ?? [];
      return branch?.when[0]?.value;
    });
    expect(values).toEqual([0o40000n, 0o200000n]);
  });

  test('groups with conditions on one call are tried in order, and the default follows', async () => {
    const at = (value: number, action: string, more = ''): string =>
      `  - { why: x, syscalls: [kill], action: ${action}, when: [{ arg: 1, op: eq, value: ${value}, width: 32 }]${more} }\n`;
    const open = await resolved(`${HEAD}groups:\n${at(9, 'trap')}${at(15, 'allow')}`);
    expect(open.calls.get('kill')).toMatchObject({
      branches: [{ action: { kind: 'trap' } }, { action: { kind: 'allow' } }],
      otherwise: { action: { kind: 'errno', errno: 38 }, source: 'default' },
    });
    const closed = await resolved(`${HEAD}groups:\n${at(9, 'trap', ', otherwise: allow')}${at(15, 'log')}`);
    expect(closed.calls.get('kill')?.otherwise).toMatchObject({
      action: { kind: 'allow' },
      source: { line: 4 },
    });
  });

  test('a rule that says the same as the default is kept, also under another default', async () => {
    const below = `${HEAD}default: { errno: ENOSYS }\n${group('splice', ', action: { errno: ENOSYS }')}`;
    const { calls, defaultAction } = await resolved(`${HEAD}includes: [./b.yaml]\ndefault: allow\n`, {
      'b.yaml': below,
    });
    expect(defaultAction.action).toEqual({ kind: 'allow' });
    expect(calls.get('splice')?.otherwise.action).toEqual({ kind: 'errno', errno: 38 });
  });
});

describe('includes', () => {
  const b = `${HEAD}default: trap\n${group('read, write')}languages: { java: { ${group('open').trim()} } }\n`;

  test('what a file says about a call replaces what its includes say, and the last default counts', async () => {
    const text = `${HEAD}includes: [./b.yaml, ./c.yaml]\n${group('write', ', action: log')}`;
    const { calls, defaultAction } = await resolved(text, {
      'b.yaml': b,
      'c.yaml': `${HEAD}${group('read', ', action: killProcess')}`,
    });
    expect([...calls].map(([name, { otherwise }]) => [name, otherwise.action.kind])).toEqual([
      ['read', 'killProcess'],
      ['write', 'log'],
    ]);
    expect(defaultAction.action.kind).toBe('trap');
  });

  test('remove takes a rule back, for one language too', async () => {
    const text = `${HEAD}includes: [./b.yaml]\nremove: [read]\nlanguages: { java: { remove: [write], ${group('stat').trim()} } }\n`;
    const names = async (language?: string) => [
      ...(await resolved(text, { 'b.yaml': b }, language)).calls.keys(),
    ];
    expect(await names()).toEqual(['write']);
    expect((await names('java')).sort()).toEqual(['open', 'stat']);
    expect(await names('python')).toEqual(['write']);
  });

  test('a file that two others include applies once', async () => {
    const { documents } = await profile(`${HEAD}includes: [./a.yaml, ./b.yaml]\n`, {
      'a.yaml': `${HEAD}includes: [./c.yaml]\n${group('read', ', action: log')}`,
      'b.yaml': `${HEAD}includes: [./c.yaml]\n`,
      'c.yaml': `${HEAD}${group('read')}`,
    });
    expect(documents).toHaveLength(4);
    expect(resolveProfile(documents, { arch: 'x86_64' }).calls.get('read')?.otherwise.action.kind).toBe(
      'log',
    );
  });

  test('cycles, depth, names and files that are not there', async () => {
    expect(await problems(`${HEAD}includes: [./p.yaml]\n`)).toEqual([
      expect.stringMatching(/^3:12 includes: the files include each other: .*p\.yaml → .*p\.yaml$/),
    ]);
    const chain = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`${index}.yaml`, `${HEAD}includes: [./${index + 1}.yaml]\n`]),
    );
    expect(await problems(`${HEAD}includes: [./0.yaml]\n`, { ...chain, '12.yaml': HEAD })).toEqual([
      '3:12 includes: `includes` goes 13 files deep, more than 10',
    ]);
    expect(await problems(`${HEAD}includes: [defualt, ./no.yaml, 7]\n`)).toEqual([
      '3:12 includes: no shipped profile is called `defualt`; there are compiler, default, paranoid, strict (default)',
      expect.stringMatching(/^3:21 includes: cannot read `.*no\.yaml`: ENOENT$/),
      '3:32 includes.2: expected a shipped profile or a path, got `7`',
    ]);
  });

  test('more than 64 files', async () => {
    const names = Array.from({ length: 70 }, (_, index) => `f${index}.yaml`);
    const files = Object.fromEntries(names.map((name) => [name, HEAD]));
    const text = `${HEAD}includes: [${names.map((name) => `./${name}`).join(', ')}]\n`;
    expect((await problems(text, files))[0]).toMatch(/the profile consists of more than 64 files/);
  });
});

describe('problems, each with its place', () => {
  test.each<[string, string[]]>([
    [
      group('raed, sokcet'),
      [
        '3:34 groups.0.syscalls.0: `raed` is not a system call (read)',
        '3:40 groups.0.syscalls.1: `sokcet` is not a system call (socket)',
      ],
    ],
    [group('read, write, read'), ['3:47 groups.0.syscalls.2: `read` is named twice (line 3)']],
    [
      'groups:\n  - { why: x, syscalls: [read] }\n  - { why: x, syscalls: [read], action: log }\n',
      ['5:26 groups.1.syscalls.0: `read` has a rule already (line 4)'],
    ],
    [
      'groups:\n  - { why: x, syscalls: [read] }\n  - { why: x, syscalls: [read], when: [{ arg: 0, op: eq, value: 1, width: 32 }] }\n',
      [
        '5:26 groups.1.syscalls.0: `read` has a rule with conditions and one without; write the latter as `otherwise` (line 4)',
      ],
    ],
    [
      'groups:\n  - { why: x, syscalls: [read], when: [{ arg: 0, op: eq, value: 1, width: 32 }] }\n  - { why: x, syscalls: [read], when: [{ arg: 0, op: eq, value: 1, width: 32 }, { arg: 1, op: eq, value: 1, width: 32 }] }\n',
      ['5:26 groups.1.syscalls.0: `read` is decided by an earlier group: this one never applies (line 4)'],
    ],
    [
      'groups:\n  - { why: x, syscalls: [read], otherwise: log, when: [{ arg: 0, op: eq, value: 1, width: 32 }] }\n  - { why: x, syscalls: [read], otherwise: trap, when: [{ arg: 0, op: eq, value: 2, width: 32 }] }\n',
      ['5:26 groups.1.syscalls.0: `read` has an `otherwise` already (line 4)'],
    ],
    [
      group('read', ', otherwise: trap'),
      ['3:52 groups.0.otherwise: `otherwise` needs `when`: without conditions the group always decides'],
    ],
    [
      group('ptrace'),
      [
        '3:34 groups.0.syscalls.0: `ptrace` is held by the mandatory prologue: a profile can only end the run for it, whatever its arguments',
      ],
    ],
    [
      group('execve', ', action: notify'),
      ['3:34 groups.0.syscalls.0: `execve` cannot notify: the program is started or ended with it'],
    ],
    [
      group(
        'read',
        ', when: [{ arg: 0, op: eq, value: 1, width: 32 }, { arg: 0, op: eq, value: 2, width: 32 }]',
      ),
      ['3:48 groups.0.when: the conditions contradict each other: they never hold'],
    ],
    [
      group('read', ', when: [{ arg: 0, op: eq, value: 0x100000000, width: 32 }]'),
      ['3:48 groups.0.when.0: the value does not fit in 32 bits'],
    ],
    [
      group('read', ', when: [{ arg: 0, op: ge, value: 0, width: 32 }]'),
      ['3:48 groups.0.when.0: the condition always holds'],
    ],
    [
      group('read', ', when: [{ arg: 0, op: eq, mask: 1, value: 1, width: 32 }]'),
      ['3:48 groups.0.when.0: `mask` belongs to `maskedEq` only'],
    ],
    [
      group('read', ', when: [{ arg: 0, op: maskedEq, value: 1, width: 32 }]'),
      ['3:48 groups.0.when.0: `maskedEq` needs a `mask`'],
    ],
    [
      group('read', ', when: [{ arg: 0, op: eq, value: CLONE_THREDA, width: 32 }]'),
      [
        "3:48 groups.0.when.0.value: `CLONE_THREDA` is not a name of a value that the kernel's headers define (CLONE_THREAD)",
      ],
    ],
    [
      group('read', ', when: [{ arg: 0, op: maskedEq, mask: X|1, value: 1.5, width: 33 }]'),
      [
        '3:90 groups.0.when.0.value: expected a whole number or a name such as CLONE_THREAD, got `1.5`',
        '3:102 groups.0.when.0.width: `33` is not one of 32, 64',
      ],
    ],
    [
      group('read', ', action: { errno: EPRM }'),
      ['3:58 groups.0.action.errno: `EPRM` is not the name of an errno (EPERM)'],
    ],
    [
      group('read', ', action: { errno: 4096 }'),
      ['3:58 groups.0.action.errno: expected a name such as EPERM or a number from 1 to 4095, got `4096`'],
    ],
    [
      group('read', ', action: kill'),
      ['3:49 groups.0.action: `kill` is not one of allow, killProcess, trap, log, notify, { errno: NAME }'],
    ],
    ['groups: [{ syscalls: [read] }]\n', ['3:10 groups.0.why: this key is required']],
    ['groups: [{ why: x, syscalls: [] }]\n', ['3:30 groups.0.syscalls: expected at least one system call']],
    [
      'remove: [read]\n',
      ['3:10 remove.0: no file that is included has a rule for `read`, so none can be removed'],
    ],
    ['remove: [raed]\n', ['3:10 remove.0: `raed` is not a system call (read)']],
    [
      `remove: [read]\n${group('read')}`,
      ['3:10 remove.0: `read` is removed and has a rule in the same place; drop one of them'],
    ],
    ['includes: 5\n', ['3:11 includes: expected a list']],
    ['gruops: []\n', ['3:1 gruops: unknown key `gruops` (groups)']],
    [
      'languages: { java: { groups: [{ why: x, syscalls: [nonsense] }] } }\n',
      ['3:52 languages.java.groups.0.syscalls.0: `nonsense` is not a system call'],
    ],
  ])('%s', async (body, expected) => expect(await problems(HEAD + body)).toEqual(expected));

  test('ending the run is stricter than the prologue, so a profile may', async () => {
    const { calls } = await resolved(`${HEAD}${group('ptrace, bpf', ', action: notify')}`);
    expect(calls.size).toBe(2);
  });

  test('those of all files at once', async () => {
    const found = await problems(`${HEAD}includes: [./b.yaml]\n${group('raed')}`, {
      'b.yaml': `${HEAD}${group('wirte')}`,
    });
    expect(found).toHaveLength(2);
  });

  test('a name of one architecture only is no problem', async () =>
    expect((await resolved(`${HEAD}${group('open, openat, renameat')}`)).calls.size).toBe(3));

  test('files that cannot be read, and more than 1 MiB', async () => {
    expect((await report(() => loadSeccompProfile('./no/such.yaml')))[0]).toMatch(/cannot read .*ENOENT/);
    expect(await report(() => loadSeccompProfile('strickt'))).toEqual([
      ': no shipped profile is called `strickt`; there are compiler, default, paranoid, strict (strict)',
    ]);
    expect((await caught(() => loadSeccompProfile('./'))).code).toBe('SECCOMP_INVALID');
    expect(await problems(`${HEAD}#${'x'.repeat(MAX_FILE_BYTES)}`)).toEqual(['1:1 : larger than 1 MiB']);
    const directory = await directoryWith({});
    await symlink('a.yaml', join(directory, 'a.yaml'));
    expect((await report(() => loadSeccompProfile(join(directory, 'a.yaml'))))[0]).toMatch(/ELOOP/);
  });

  test('aliases that explode', async () => {
    const lines = Array.from({ length: 9 }, (_, i) => `  a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n');
    const found = await problems(`${HEAD}languages:\n  a0: &a0 [x]\n${lines}\n`);
    expect(found.join('\n')).toMatch(/contains an alias itself/);
  });
});

describe('in a policy', () => {
  const OWN = `${HEAD}includes: [default]\nremove: [splice]\n`.replace('remove: [splice]\n', '');

  test('a path is seen from the policy that names it, also through extends and for a language', async () => {
    const directory = await directoryWith({
      'base.yaml': 'version: 1\nname: b\nextends: [base]\nseccomp: { profile: ./own.yaml }\n',
      'own.yaml': OWN,
    });
    const below = await directoryWith({
      'p.yaml': `version: 1\nname: p\nextends: [${join(directory, 'base.yaml')}]\nlanguages: { java: { seccomp: { profile: strict } } }\n`,
    });
    const { profiles, entries } = await loadPolicyFile(join(below, 'p.yaml'));
    expect(entries.get('seccomp.profile')?.value).toBe(join(directory, 'own.yaml'));
    expect([...profiles.keys()].sort()).toEqual([join(directory, 'own.yaml'), 'compiler', 'strict']);
  });

  test('problems of the profile are those of the policy, at their own place', async () => {
    const directory = await directoryWith({
      'p.yaml': 'version: 1\nname: p\nextends: [base]\nseccomp: { profile: ./own.yaml }\n',
      'own.yaml': `${HEAD}${group('raed')}`,
    });
    const error = await caught(() => loadPolicyFile(join(directory, 'p.yaml')));
    expect(error.code).toBe('POLICY_INVALID');
    expect(error.details).toMatchObject({ issues: [{ file: join(directory, 'own.yaml'), line: 3 }] });
    expect(await report(() => loadBody('seccomp: { profile: stirct }'))).toEqual([
      '4:21 seccomp.profile: no shipped profile is called `stirct`; there are compiler, default, paranoid, strict (strict)',
    ]);
    expect(await report(() => loadBody('seccomp: { profile: "A b" }'))).toEqual([
      '4:21 seccomp.profile: expected a shipped profile or a path such as `./mine.yaml`, got `A b`',
    ]);
  });

  test('the digest changes with what the profile does, not with its words or its name', async () => {
    const digest = async (own: string): Promise<string> => {
      const directory = await directoryWith({
        'p.yaml': 'version: 1\nname: p\nextends: [base]\nseccomp: { profile: ./own.yaml }\n',
        'own.yaml': own,
      });
      return (await loadPolicyFile(join(directory, 'p.yaml'))).sha256;
    };
    const shipped = (await load('version: 1\nname: p\nextends: [base]\n')).sha256;
    expect(await digest(OWN)).toBe(shipped);
    expect(await digest(`# a comment\n${OWN}description: other words\n`)).toBe(shipped);
    expect(await digest(`${OWN}default: { errno: EPERM }\n`)).not.toBe(shipped);
    expect(await digest(`${OWN}${group('splice')}`)).not.toBe(shipped);
    expect(await digest(`${OWN}languages: { java: { ${group('splice').trim()} } }\n`)).not.toBe(shipped);
    const when = (value: number): string =>
      group('splice', `, when: [{ arg: 0, op: eq, value: ${value}, width: 32 }]`);
    expect(await digest(OWN + when(1))).not.toBe(await digest(OWN + when(2)));
  });
});
