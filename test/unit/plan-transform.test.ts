import { expect, test } from 'vitest';
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import { type PlanTransform, transformPrepared } from '#plan-transform.ts';
import { type Prepared, Preparer } from '#prepare.ts';
import { hostFacts } from './plan/fixtures.ts';

const ENGINE = { found: true, path: '/usr/bin/bwrap', version: '0.8.0' } as const;
const FACTS = hostFacts({
  engines: {
    ...hostFacts().engines,
    bubblewrap: { ...ENGINE, options: bubblewrap.requiredOptions },
  },
  hostRootfs: { topLevel: [], etc: [], commands: { gcc: '/usr/bin/gcc', cc: '/usr/bin/cc' } },
});

function prepareC(): Promise<Prepared> {
  const options = { defaultPolicy: 'strict', policies: null, defaultEngine: 'auto' } as const;
  return new Preparer(FACTS).prepare({ language: 'c', code: 'int main;' }, options);
}

const withoutMounts: PlanTransform = { jail: (jail) => ({ ...jail, mounts: [] }) };
const withoutLimits: PlanTransform = {
  program: (plan) => ({ ...plan, spec: { ...plan.spec, rlimits: [] } }),
};

test('without a transform nothing is rendered anew', async () => {
  const prepared = await prepareC();
  expect(transformPrepared(prepared, undefined)).toBe(prepared);
});

test('what is said of the run leaves the compile phase alone', async () => {
  const prepared = await prepareC();
  const changed = transformPrepared(prepared, { ...withoutMounts, ...withoutLimits });
  const { planRun: _, ...compile } = changed.compile ?? {};
  const { planRun: __, ...before } = prepared.compile ?? {};
  expect(compile).toEqual(before);
  expect(changed.jail.mounts).toEqual([]);
  expect(changed.program.spec.rlimits).toEqual([]);
  expect(changed.launch).not.toEqual(prepared.launch);
});

test('what runs after a compiler has the change too', async () => {
  const prepared = await prepareC();
  const outputs = [{ path: '.compiled/main', content: new Uint8Array(1), mode: 0o755 }];
  expect(prepared.compile?.planRun(outputs).spec.rlimits.length).toBeGreaterThan(0);
  const planned = transformPrepared(prepared, withoutLimits).compile?.planRun(outputs);
  expect(planned?.spec.rlimits).toEqual([]);
  expect(planned?.spec.files.map(({ path }) => path)).toContain('.compiled/main');
});

test('what is said of the compile phase leaves the run alone', async () => {
  const prepared = await prepareC();
  const changed = transformPrepared(prepared, { compile: { ...withoutMounts, ...withoutLimits } });
  expect(changed.compile?.jail.mounts).toEqual([]);
  expect(changed.compile?.program.spec.rlimits).toEqual([]);
  expect(changed.compile?.launch).not.toEqual(prepared.compile?.launch);
  const { compile: _, ...run } = changed;
  const { compile: __, ...before } = prepared;
  expect(run).toEqual(before);
});

test('the filter of the launcher is the transformed one', async () => {
  const prepared = await prepareC();
  const same = transformPrepared(prepared, { outer: (filter) => filter });
  expect(same.launch).toEqual(prepared.launch);
  const open: PlanTransform = {
    outer: ({ arch }) => ({ arch, entries: [], defaultAction: { kind: 'allow' } }),
  };
  expect(transformPrepared(prepared, open).launch).not.toEqual(prepared.launch);
});
