import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entries, flatten } from '#policy/flatten.ts';
import { applyLanguage, languageIds, mergeEntries } from '#policy/merge.ts';
import type { PolicyOverrides } from '#policy/schema.ts';

const flat = (body: PolicyOverrides, file = 'f'): Entries => flatten(body, () => ({ file }));
const plain = (entries: Entries): unknown =>
  Object.fromEntries(
    [...entries].map(([path, { op, value }]) => [`${path}${op === 'append' ? '+' : ''}`, value]),
  );

describe('flatten', () => {
  test('makes one entry per leaf, lists whole', () => {
    const body: PolicyOverrides = {
      limits: { wall: '1s', tmp: { size: '1MiB' }, stdout: '2MiB', stderr: { onExceed: 'truncate' } },
      compile: { limits: { stdout: '3MiB' } },
      environment: { stdout: 'x' },
      '+devices': [null, 'zero'],
      seccomp: { allow: ['ptrace'], '+deny': [] },
    };
    expect(plain(flat(body))).toEqual({
      'limits.wall': '1s',
      'limits.tmp.size': '1MiB',
      'limits.stdout.size': '2MiB',
      'limits.stderr.onExceed': 'truncate',
      'compile.limits.stdout.size': '3MiB',
      'environment.stdout': 'x',
      'devices+': ['null', 'zero'],
      'seccomp.allow': ['ptrace'],
      'seccomp.deny+': [],
    });
  });

  test('mounts are read-only unless they say otherwise', () => {
    const mount = { target: '/b', source: '/a', type: 'bind' } as const;
    expect(plain(flat({ filesystem: { mounts: [mount] } }))).toEqual({
      'filesystem.mounts': [{ type: 'bind', source: '/a', target: '/b', readOnly: true }],
    });
    expect(
      JSON.stringify(plain(flat({ filesystem: { mounts: [{ ...mount, readOnly: false }] } }))),
    ).toContain('"readOnly":false');
  });

  test('a key set to undefined says nothing, and origins are asked for by the path as written', () => {
    expect(plain(flat({ limits: undefined }))).toEqual({});
    const asked: string[] = [];
    flatten({ seccomp: { '+allow': ['a'] } }, (path) => {
      asked.push(path.join('.'));
      return { file: 'f' };
    });
    expect(asked.sort()).toEqual(['seccomp.+allow', 'seccomp.+allow.0']);
  });
});

describe('merge', () => {
  test('later values replace, lists too, maps grow', () => {
    const lower = flat(
      { limits: { wall: '1s', memory: '1MiB' }, devices: ['zero'], environment: { A: '1' } },
      'a',
    );
    const merged = mergeEntries(
      lower,
      flat({ limits: { wall: '2s' }, devices: ['full'], environment: { B: '2' } }, 'b'),
    );
    expect(plain(merged)).toEqual({
      'limits.wall': '2s',
      'limits.memory': '1MiB',
      devices: ['full'],
      'environment.A': '1',
      'environment.B': '2',
    });
    expect(merged.get('limits.wall')?.origins).toEqual([{ file: 'b' }]);
  });

  test('an appended list is joined, without repeats, and remembers all its files', () => {
    const merged = mergeEntries(
      flat({ devices: ['zero', 'full'] }, 'a'),
      flat({ '+devices': ['full', 'random'] }, 'b'),
    );
    expect(merged.get('devices')).toEqual({
      op: 'set',
      value: ['zero', 'full', 'random'],
      origins: [{ file: 'a' }, { file: 'b' }],
    });
  });

  test('the short form of an output limit keeps what is said elsewhere', () => {
    const lower = flat({ limits: { stdout: { size: '1MiB', onExceed: 'truncate' } } });
    expect(plain(mergeEntries(lower, flat({ limits: { stdout: '2MiB' } })))).toEqual({
      'limits.stdout.size': '2MiB',
      'limits.stdout.onExceed': 'truncate',
    });
  });

  const syscalls = fc.uniqueArray(fc.constantFrom('read', 'write', 'ptrace'), { maxLength: 3 });
  const body: fc.Arbitrary<PolicyOverrides> = fc.record(
    {
      limits: fc.record(
        { wall: fc.constantFrom('1s', '2s'), memory: fc.constantFrom('1MiB', '2MiB') },
        { requiredKeys: [] },
      ),
      seccomp: fc.oneof(fc.record({ allow: syscalls }), fc.record({ '+allow': syscalls }), fc.constant({})),
    },
    { requiredKeys: [] },
  );

  test('is associative, has a neutral element and is idempotent', () => {
    const nothing: Entries = new Map();
    fc.assert(
      fc.property(body, body, body, (a, b, c) => {
        const [x, y, z] = [flat(a, 'a'), flat(b, 'b'), flat(c, 'c')];
        expect(mergeEntries(mergeEntries(x, y), z)).toEqual(mergeEntries(x, mergeEntries(y, z)));
        expect(mergeEntries(x, nothing)).toEqual(x);
        expect(mergeEntries(nothing, x)).toEqual(x);
        expect(plain(mergeEntries(x, x))).toEqual(plain(x));
      }),
    );
  });
});

describe('languages', () => {
  const java = { limits: { pids: 9 }, seccomp: { '+allow': ['clone3'] } };
  const whole = flat({ limits: { pids: 1, wall: '1s' }, seccomp: { allow: ['read'] } });
  const withLanguages = mergeEntries(
    whole,
    flatten({ languages: { java } } as PolicyOverrides, () => ({ file: 'f' })),
  );

  test('override the body', () => {
    expect(plain(applyLanguage(withLanguages, 'java'))).toEqual({
      'limits.pids': 9,
      'limits.wall': '1s',
      'seccomp.allow': ['read', 'clone3'],
    });
  });
  test('that nobody mentioned change nothing', () => {
    expect(applyLanguage(withLanguages, undefined)).toEqual(whole);
    expect(applyLanguage(withLanguages, 'jav')).toEqual(whole);
  });
  test('are listed', () => {
    expect(languageIds(withLanguages)).toEqual(['java']);
    expect(languageIds(whole)).toEqual([]);
  });
});
