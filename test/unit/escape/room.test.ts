import { expect, test } from 'vitest';
import { withRoom } from '#escape/room.ts';
import type { Facts } from '#escape/types.ts';
import type { JailPlan, ProgramPlan } from '#internal.ts';

const FACTS = {
  policy: { children: true, supervised: { wallMs: 1000, stdoutBytes: 100, stderrBytes: null } },
} as unknown as Facts;

const JAIL = { launcherDeadlineMs: 3000, cgroup: { memoryBytes: 1024, pidsMax: 6 } } as unknown as JailPlan;
const PROGRAM = {
  spec: {
    backstopMs: 2000,
    rlimits: [
      { name: 'cpu', soft: 2, hard: 2 },
      { name: 'nofile', soft: 8, hard: 8 },
      { name: 'core', soft: 1, hard: 1 },
    ],
  },
  supervision: {
    wallMs: 1000,
    cpuTimeMs: null,
    stdout: { sizeBytes: 100, onExceed: 'kill' },
    stderr: { sizeBytes: null, onExceed: 'kill' },
  },
} as unknown as ProgramPlan;

function planned(request: Parameters<typeof withRoom>[1], facts = FACTS) {
  const { request: asked, transform } = withRoom(facts, request);
  const { spec, supervision } = transform.program?.(PROGRAM) ?? PROGRAM;
  return {
    asked,
    jail: transform.jail?.(JAIL),
    rlimits: spec.rlimits,
    ...supervision,
    backstopMs: spec.backstopMs,
  };
}

test('what a policy gives too little of is more, and what it leaves open stays open', () => {
  const plan = planned({});
  expect(plan.asked).toEqual({});
  expect(plan.wallMs).toBe(10_000);
  expect(plan.cpuTimeMs).toBeNull();
  expect(plan.backstopMs).toBeGreaterThan(10_000);
  expect(plan.jail?.launcherDeadlineMs).toBeGreaterThan(plan.backstopMs ?? 0);
  expect(plan.stdout.sizeBytes).toBe(256 * 1024);
  expect(plan.stderr.sizeBytes).toBeNull();
  expect(plan.rlimits).toEqual([
    { name: 'cpu', soft: 11, hard: 11 },
    { name: 'nofile', soft: 64, hard: 64 },
    { name: 'core', soft: 1, hard: 1 },
  ]);
  expect(plan.jail?.cgroup).toEqual({ memoryBytes: 256 * 1024 ** 2, pidsMax: 34 });
});

test('what an attack asks for itself is as it asks', () => {
  const limits = { wall: '300ms', memory: '1KiB', pids: 4, cpuTime: '1s', openFiles: 8, stdout: '100B' };
  const plan = planned({ limits });
  expect(plan.asked).toEqual({ limits });
  expect([plan.wallMs, plan.backstopMs, plan.jail?.launcherDeadlineMs]).toEqual([1000, 2000, 3000]);
  expect(plan.stdout.sizeBytes).toBe(100);
  expect(plan.rlimits).toEqual(PROGRAM.spec.rlimits);
  expect(plan.jail?.cgroup).toEqual(JAIL.cgroup);
});

test('a longer wall clock than the policy has is not asked of warder, which would refuse it', () => {
  const plan = planned({ limits: { wall: '3s', pids: 4 } });
  expect(plan.asked).toEqual({ limits: { pids: 4 } });
  expect(plan.wallMs).toBe(3000);
});

test('but a request that is there to be refused is left alone', () => {
  for (const wall of ['unlimited', '11s', '1h']) {
    const plan = planned({ limits: { wall } });
    expect(plan.asked).toEqual({ limits: { wall } });
    expect(plan.wallMs).toBe(1000);
  }
});

test('where a program may have no child its tasks stay as few', () => {
  const facts = { ...FACTS, policy: { ...FACTS.policy, children: false } };
  expect(planned({}, facts).jail?.cgroup?.pidsMax).toBe(6);
});
