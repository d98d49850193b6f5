/**
 * The mutation check is complete: whatever the plans, the launchers' words and the native program's steps are, each is
 * taken away by some mutant or named as no control, with a reason.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderBubblewrap } from '#engines/bubblewrap/argv.ts';
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import { supervisedConfig } from '#engines/nsjail/config.ts';
import { nsjail } from '#engines/nsjail/engine.ts';
import type { JailPlan, Prepared, ProgramPlan } from '#internal.ts';
import { compilePolicy } from '#plan/compile-policy.ts';
import { planJail } from '#plan/jail-plan.ts';
import { planProgram } from '#plan/program-plan.ts';
import { loadPolicyFile } from '#policy/load.ts';
import { resolvePolicy } from '#policy/resolve.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import {
  COMPILE,
  type Coverage,
  EXPORTER_FILTER,
  FIELDS,
  MOUNT_FIELDS,
  STEPS,
  WORDS,
} from '../../helpers/mutants/coverage.ts';
import { mountMutants } from '../../helpers/mutants/mounts.ts';
import {
  compileApart,
  DEGRADED_POLICY,
  FIXED_MUTANTS,
  PARANOID_MUTANTS,
  STAND_IN_MUTANTS,
} from '../../helpers/mutants/mutants.ts';
import { OUTER } from '../engines/outer.ts';
import { hostFacts, NO_CGROUP } from '../plan/fixtures.ts';

const ENGINES = ['bubblewrap', 'nsjail'] as const;
type EngineName = (typeof ENGINES)[number];

async function plansOf(
  policyName: string,
  engine: EngineName,
  changes: Parameters<typeof hostFacts>[0] = {},
): Promise<{ jail: JailPlan; program: ProgramPlan }> {
  const { policy } = resolvePolicy(await loadPolicyFile(policyName), {});
  const engines = {
    bubblewrap: { found: true, path: '/usr/bin/bwrap', version: '0.8.0', options: [] },
    nsjail: { found: true, path: '/usr/bin/nsjail', version: 'unknown', options: [] },
  } as const;
  const rootfs: ResolvedRootfs = {
    name: 'tree',
    sha256: 'ab'.repeat(32),
    path: ['/usr/bin'],
    binds: [{ source: '/usr', target: '/usr' }],
    symlinks: [{ target: '/bin', to: 'usr/bin' }],
    commands: {},
  };
  const capabilities = { bubblewrap, nsjail }[engine].capabilities;
  const host = hostFacts({ engines, landlockAbi: 7, ...changes });
  const jail = planJail({ policy, host, rootfs, engine: capabilities, widened: [] });
  const program = planProgram({
    request: { argv: ['true'], artifacts: ['**'] },
    policy,
    rootfs,
    language: null,
    landlockAbi: 7,
    filter: { program: new Uint8Array(8), notify: false },
    controls: jail.controls,
  });
  return { jail, program };
}

/** Ids of mutants; `filter: ` stands for those that are made from the model of a filter. */
async function knownIds(): Promise<readonly string[]> {
  const jails = await Promise.all(ENGINES.map(async (engine) => (await plansOf('strict', engine)).jail));
  const fixed = [...FIXED_MUTANTS, ...PARANOID_MUTANTS].flatMap(({ id, second }) => [
    id,
    ...(second ? [second.id] : []),
  ]);
  const apart = compileApart({ ...(await plansOf('strict', 'bubblewrap')) } as Prepared).map(({ id }) => id);
  return [...fixed, ...apart, ...jails.flatMap((jail) => mountMutants(jail)).map(({ id }) => id), 'filter: '];
}

function tables(): readonly (readonly [string, Coverage])[] {
  const all = {
    ...FIELDS,
    ...MOUNT_FIELDS,
    ...WORDS,
    steps: STEPS,
    exporter: EXPORTER_FILTER,
    compile: COMPILE,
  };
  return Object.entries(all).flatMap(([table, entries]) =>
    Object.entries(entries).map(([name, coverage]) => [`${table}: ${name}`, coverage as Coverage] as const),
  );
}

test('what an entry names is a mutant, and what has none has a reason', async () => {
  const ids = await knownIds();
  for (const [name, coverage] of tables()) {
    if ('none' in coverage) expect(coverage.none.length, name).toBeGreaterThan(10);
    else
      for (const id of coverage.by)
        expect(
          ids.some((known) => known.startsWith(id)),
          `${name}: ${id}`,
        ).toBe(true);
  }
});

test('ids are unique, and a mutant has attacks', () => {
  for (const engine of ENGINES) {
    const own = FIXED_MUTANTS.filter((mutant) => (mutant.engine ?? engine) === engine);
    expect(new Set(own.map(({ id }) => id)).size).toBe(own.length);
  }
  for (const { attacks } of [...FIXED_MUTANTS, ...PARANOID_MUTANTS])
    expect(attacks.length).toBeGreaterThan(0);
});

/** Production is strict with other numbers: it has no control that strict lacks. */
describe.each(['strict', 'production', 'judge', 'paranoid'])('the plans of %s', (policy) => {
  test.each(ENGINES)('have no field without an entry, on %s', async (engine) => {
    const plans = await plansOf(policy, engine);
    const missing = Object.keys(FIELDS).flatMap((path) => fieldsMissing(plans, path));
    expect(missing).toEqual([]);
    for (const { kind, ...fields } of plans.jail.mounts)
      for (const field of Object.keys(fields))
        expect(Object.keys(MOUNT_FIELDS[kind] ?? {}), kind).toContain(field);
    for (const { name } of plans.program.spec.rlimits)
      expect(FIXED_MUTANTS.map(({ id }) => id)).toContain(`limit ${name}`);
  });
});

test.each(ENGINES)('without control groups no limit is without an entry, on %s', async (engine) => {
  const { program } = await plansOf(DEGRADED_POLICY, engine, { cgroup: NO_CGROUP });
  const more = program.spec.rlimits.map(({ name }) => `limit ${name}`);
  const known = FIXED_MUTANTS.map(({ id }) => id);
  const standIns = STAND_IN_MUTANTS.map(({ id }) => id);
  expect(more.filter((id) => !known.includes(id))).toEqual(standIns);
});

test('a compile phase has nothing otherwise than the run without an entry', async () => {
  const generous = await loadPolicyFile('strict');
  const overrides = {
    network: { mode: 'loopback' as const },
    filesystem: { mounts: [{ type: 'bind' as const, source: '/srv', target: '/data' }] },
  };
  const { policy } = resolvePolicy(generous, { overrides, allowWiden: true });
  const compiled = compilePolicy(policy);
  const differing = Object.keys(policy).filter((key) => {
    const name = key as keyof typeof policy;
    return JSON.stringify(policy[name]) !== JSON.stringify(compiled[name]);
  });
  expect(differing.sort()).toEqual(Object.keys(COMPILE).sort());
});

function fieldsMissing(plans: object, path: string): readonly string[] {
  const value = path
    .split('.')
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | null)?.[key] ?? null, plans);
  const table: object = FIELDS[path as keyof typeof FIELDS];
  const isObject = typeof value === 'object' && value !== null;
  return isObject ? Object.keys(value).flatMap((key) => (key in table ? [] : [`${path}.${key}`])) : [];
}

test('bubblewrap is told nothing without an entry', async () => {
  const { jail } = await plansOf('strict', 'bubblewrap');
  const [first] = renderBubblewrap(jail, OUTER).blobs;
  const options = Buffer.from(first ?? [])
    .toString()
    .split('\0')
    .filter((word) => word.startsWith('--'));
  expect([...new Set(options)].filter((option) => !(option in WORDS.bubblewrap))).toEqual([]);
});

test('nsjail is told nothing without an entry', async () => {
  const { jail } = await plansOf('strict', 'nsjail');
  const names = Object.entries(supervisedConfig(jail, OUTER)).flatMap(([field, value]) =>
    namesOf(field, value),
  );
  expect(names.filter((name) => !(name in WORDS.nsjail))).toEqual([]);
});

function namesOf(field: string, value: unknown): readonly string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null ? Object.keys(one).map((name) => `${field}.${name}`) : [field],
  );
}

test('the native program has no step without an entry', () => {
  const directory = new URL('../../../src/native/', import.meta.url);
  const sources = readdirSync(directory).filter((name) => name.endsWith('.c'));
  const text = sources.map((name) => readFileSync(new URL(name, directory), 'utf8')).join('\n');
  const steps = [...text.matchAll(/\b(?:fail\(|child_fail\(c, )(STEP_[A-Z_]+), ([^,)]+)/g)];
  expect(steps.length).toBeGreaterThan(40);
  const missing = steps.flatMap(([, step = '', index = '']) =>
    step in STEPS || `${step} ${index}` in STEPS ? [] : [`${step} ${index}`],
  );
  expect(missing).toEqual([]);
});

test('the filter of the exporter decides by nothing without an entry', () => {
  const path = new URL('../../../src/native/exporter_filter.c', import.meta.url);
  const [, body = ''] = readFileSync(path, 'utf8').split('FILTER[] = {');
  const [text = ''] = body.split('};');
  const words = [...text.matchAll(/UNLESS\((\w+)|RETURN\((\w+)|BPF_K, (\w+)/g)].map((found) =>
    found.slice(1).find((word) => word !== undefined),
  );
  expect(words.length).toBeGreaterThan(10);
  expect([...new Set(words)].filter((word) => !((word ?? '') in EXPORTER_FILTER))).toEqual([]);
});
