/** The shipped profiles: each compiled filter is its model, and each is as strict as it says. */
import { describe, expect, test } from 'vitest';
import { actionValue, compareStrictness } from '#seccomp/action.ts';
import { decodeProgram } from '#seccomp/bpf.ts';
import { buildFilter, type FilterRequest, resolveFilter } from '#seccomp/build-filter.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import { ARCHES, type SeccompFilter, type SyscallData } from '#seccomp/ir.ts';
import { profileLanguages } from '#seccomp/profile.ts';
import { simulateInstructions } from '#seccomp/simulate.ts';
import { filterRequest, SHIPPED_PROFILES, shippedProfile } from '../../helpers/filters.ts';
import { boundaryCalls, disagreements } from './calls.ts';

const NETWORKS = ['none', 'loopback'] as const;

const variants = [...SHIPPED_PROFILES].flatMap(([name, { documents }]) =>
  [undefined, ...profileLanguages(documents)].flatMap((language) =>
    ARCHES.flatMap((arch) => NETWORKS.map((network) => ({ name, language, arch, network }))),
  ),
);

describe('filter and model', () => {
  test.each(variants)(
    '$name for $language on $arch with network $network',
    ({ name, ...change }) => {
      const request = filterRequest(name, {
        ...change,
        allow: ['splice'],
        deny: ['kill', 'keyctl', 'socket'],
      });
      const { program, model } = buildFilter(request);
      const instructions = decodeProgram(program);
      const found = disagreements(model, (call) => simulateInstructions(instructions, call), 400);
      expect(found).toEqual([]);
      expect(instructions.length).toBeLessThan(1500);
    },
    120_000,
  );
});

/** The calls on which the first answers less strictly than the second; a few are enough to see why. */
function looser(first: SeccompFilter, second: SeccompFilter): readonly string[] {
  const found: string[] = [];
  const check = (call: SyscallData): void => {
    const [a, b] = [evaluateFilter(first, call), evaluateFilter(second, call)];
    if (a.kind === 'allow' && b.kind !== 'allow') found.push(`${call.nr} ${call.args} ${actionValue(b)}`);
    if (b.kind === 'notify' && a.kind !== 'notify') found.push(`${call.nr} no longer ends the run`);
  };
  for (const call of [...boundaryCalls(first, 100), ...boundaryCalls(second, 100)]) check(call);
  return found.slice(0, 5);
}

describe('each stricter profile allows nothing that a laxer one denies', () => {
  test.each(
    [
      ['strict', 'default'],
      ['compiler', 'default'],
      ['paranoid', 'default'],
    ].flatMap(([stricter = '', laxer = '']) =>
      [undefined, 'javascript', 'java'].flatMap((language) =>
        ARCHES.map((arch) => ({ stricter, laxer, language, arch })),
      ),
    ),
  )(
    '$stricter below $laxer for $language on $arch',
    ({ stricter, laxer, ...change }) => {
      expect(
        looser(resolveFilter(filterRequest(stricter, change)), resolveFilter(filterRequest(laxer, change))),
      ).toEqual([]);
    },
    60_000,
  );

  test.each(ARCHES)(
    'paranoid below strict on %s, but for what Java compiles with',
    (arch) => {
      const pair = (language?: string) =>
        looser(
          resolveFilter(filterRequest('paranoid', { arch, language })),
          resolveFilter(filterRequest('strict', { arch, language })),
        );
      expect([pair(), pair('javascript'), pair('python')]).toEqual([[], [], []]);
    },
    60_000,
  );
});

describe('every profile', () => {
  test.each([...SHIPPED_PROFILES.keys()])(
    '%s lets a policy add and end calls, and nothing else changes',
    (name) => {
      const plain = resolveFilter(filterRequest(name));
      const changed = resolveFilter(filterRequest(name, { allow: ['sync'], deny: ['times'] }));
      const verdicts = ({ entries }: SeccompFilter): ReadonlyMap<string, string> =>
        new Map(entries.map(({ syscall, ...rest }) => [syscall, show(rest)]));
      const [before, after] = [verdicts(plain), verdicts(changed)];
      const differing = [...after]
        .filter(([call, rules]) => before.get(call) !== rules)
        .map(([call]) => call);
      expect(differing.sort()).toEqual(['sync', 'times']);
      expect([...before.keys()].filter((call) => !after.has(call))).toEqual([]);
      expect(changed.defaultAction).toEqual(plain.defaultAction);
    },
  );

  test.each(variants.filter(({ network }) => network === 'none'))(
    '$name for $language on $arch says where each rule is written',
    ({ name, ...change }) => {
      const { rules } = buildFilter(filterRequest(name, change)).summary;
      const sources = rules.flatMap(({ branches, source }) => [...branches.map((one) => one.source), source]);
      const shown = /^(?:policies\/seccomp\/[a-z]+\.yaml:\d+|prologue|default)$/;
      expect(sources.filter((source) => !shown.test(source))).toEqual([]);
    },
  );

  test('without a listener what would notify ends the process', () => {
    const request = filterRequest('paranoid', { onViolation: 'killProcess', deny: ['read'] });
    const { needsListener, model } = buildFilter(request);
    expect([needsListener, model.defaultAction.kind]).toEqual([false, 'killProcess']);
    expect(buildFilter(filterRequest('paranoid')).needsListener).toBe(true);
    expect(buildFilter(filterRequest('strict')).needsListener).toBe(false);
    expect(buildFilter(filterRequest('strict', { deny: ['read'] })).needsListener).toBe(true);
  });

  test('names of the other architecture are listed as such', () => {
    const skipped = (request: Partial<FilterRequest>) =>
      buildFilter(filterRequest('default', request)).summary.notOnArch;
    expect(skipped({ arch: 'aarch64' })).toContain('open');
    expect(skipped({ arch: 'x86_64' })).toEqual([]);
  });
});

test('a profile under which nothing could start is refused', () => {
  const profile = shippedProfile('default');
  const empty = { ...profile, name: './empty.yaml', documents: [] };
  expect(() => buildFilter(filterRequest('default', { profile: empty }))).toThrow(/no program could run/);
  expect(() =>
    buildFilter(filterRequest('default', { profile: empty, allow: ['execve', 'exit_group'] })),
  ).not.toThrow();
});

test('of two answers the kernel takes the stricter', () => {
  const kinds = ['killProcess', 'trap', 'errno', 'notify', 'log', 'allow'] as const;
  const actions = kinds.map((kind) => (kind === 'errno' ? { kind, errno: 5 } : { kind }));
  expect(actions.toReversed().sort(compareStrictness)).toEqual(actions);
  expect(compareStrictness({ kind: 'errno', errno: 1 }, { kind: 'errno', errno: 2 })).toBe(0);
});

function show(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one));
}
