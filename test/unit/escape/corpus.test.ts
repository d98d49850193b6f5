/** What holds for every attack, whoever wrote it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { OpenCanaries } from '#escape/canaries.ts';
import { ATTACKS } from '#escape/corpus.ts';
import { judgeAnswers } from '#escape/judge-answers.ts';
import { parseRelaxations } from '#escape/relaxations.ts';
import { selectAttacks, unknownSelections } from '#escape/suite.ts';
import {
  CATEGORIES,
  type Facts,
  IMPACTS,
  type JudgeContext,
  type ProbeAnswer,
  type ProbeAttack,
} from '#escape/types.ts';

const canaries: OpenCanaries = {
  token: '0123456789abcdef0123456789abcdef',
  dir: '/tmp/warder-canary-x',
  file: '/tmp/warder-canary-x/file',
  secretFile: '/tmp/warder-canary-x/secret',
  ownDir: '/tmp/warder-canary-x/own',
  unixPath: '/tmp/warder-canary-x/socket',
  abstractName: 'warder-canary',
  tcpPort: 12345,
  pid: 4_000_000,
  namespaces: { user: 'user:[1]' },
  touched: () => ({ unix: 0, abstract: 0, tcp: 0 }),
  changed: async () => [],
  close: async () => {},
};

const facts: Facts = {
  arch: 'x86_64',
  kernel: '6.1.0',
  uid: 0,
  engine: 'bubblewrap',
  policy: {
    name: 'strict',
    network: 'none',
    writtenFiles: 'deny',
    seccompProfile: 'paranoid',
    pids: 64,
    children: true,
  },
  landlockAbi: 7,
  cgroupDriver: 'v2',
};

const context: JudgeContext = { facts, canaries, place: 'sandbox' };
const probeAttacks = ATTACKS.filter(
  (attack): attack is ProbeAttack => attack.kind === 'probe' && (attack.applies?.(facts) ?? null) === null,
);
const named = <T extends { readonly id: string }>(attacks: readonly T[]) =>
  attacks.map((attack) => [attack.id, attack] as const);

/** Names in the tables at the end of the probe's files. */
function probeNames(): ReadonlySet<string> {
  const directory = new URL('../../../src/native/probe/', import.meta.url);
  const sources = readdirSync(directory).filter((name) => name.endsWith('.c'));
  const text = sources.map((name) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
  return new Set([...text.matchAll(/\{"([\w-]+)", probe_/g)].map(([, name]) => name ?? ''));
}

test('ids are unique, and no attack is called like a category', () => {
  const ids = ATTACKS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(Object.keys(CATEGORIES)).not.toContain(id);
});

test('every category has an index, and every file in it is listed there', () => {
  for (const category of Object.keys(CATEGORIES)) {
    const directory = new URL(`../../../src/escape/attacks/${category}/`, import.meta.url);
    const index = readFileSync(new URL('index.ts', directory), 'utf8');
    const files = readdirSync(directory).filter((name) => name !== 'index.ts');
    const attacks = files.filter((name) =>
      /readonly kind|: (?:Probe|Run|Absent)Attack = \{/.test(readFileSync(new URL(name, directory), 'utf8')),
    );
    for (const file of attacks) expect(index).toContain(`'./${file}'`);
  }
});

describe.each(named(ATTACKS))('%s', (id, attack) => {
  test('is described', () => {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
    expect(Object.keys(IMPACTS)).toContain(attack.impact);
    for (const text of [attack.title, attack.technique, attack.reference, attack.expected])
      expect(text.length).toBeGreaterThan(3);
    expect(attack.title.length).toBeLessThanOrEqual(80);
  });
});

describe.each(named(probeAttacks))('%s', (_, attack) => {
  const calls = attack.probes(canaries, facts);

  test('asks for probes that exist', () => {
    const known = probeNames();
    expect(calls.length).toBeGreaterThan(0);
    for (const { argv } of calls) expect(known).toContain(argv[0]);
    for (const { argv } of calls) expect(argv).not.toContain(',');
  });

  test('has a control whose controls exist', () => {
    expect(attack.controls.length).toBeGreaterThan(0);
    for (const place of attack.controls)
      if (place.startsWith('without:'))
        expect(parseRelaxations(place.slice('without:'.length))).not.toEqual([]);
  });

  test.each([
    ['an end without a word', { kind: 'exited', code: 0 }],
    ['a failed start', { kind: 'exited', code: 127 }],
    ['no end', { kind: 'timeout' }],
    ['a limit', { kind: 'ended', outcome: 'limit wall' }],
    ['a crash', { kind: 'signaled', signal: 'SIGSEGV' }],
  ] as const)('takes %s for no containment, and says what it saw', (_, end: ProbeAnswer['end']) => {
    const answers = calls.map(({ name }) => ({ name, calls: [], lines: [], end }));
    const { verdict, evidence } = judgeAnswers(attack, calls.length, answers, context);
    expect(verdict).not.toBe('contained');
    expect(evidence.join('')).not.toBe('');
  });

  test('judges nothing without all its answers', () => {
    expect(judgeAnswers(attack, calls.length, [], context).verdict).toBe('error');
  });
});

test('attacks are selected by id, category and letter', () => {
  const ids = (only: readonly string[]) => selectAttacks(ATTACKS, only).map(({ category }) => category);
  expect(new Set(ids(['filesystem']))).toEqual(new Set(['filesystem']));
  expect(ids(['A'])).toEqual(ids(['filesystem']));
  expect(selectAttacks(ATTACKS, ['fs-write-rootfs']).map(({ id }) => id)).toEqual(['fs-write-rootfs']);
  expect(selectAttacks(ATTACKS, [])).toEqual(ATTACKS);
  expect(unknownSelections(ATTACKS, ['A', 'seccomp', 'sc-int80', 'nothing'])).toEqual(['nothing']);
});
