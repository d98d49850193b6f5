import { expect, test } from 'vitest';
import { PROBE_INSIDE } from '#escape/probe-stage.ts';
import { provenRun } from '#escape/proven-run.ts';
import type { RunResult } from '#index.ts';
import type { PlanTransform, ProgramPlan } from '#internal.ts';

const exited = { kind: 'exited', exitCode: 0 } as const;

/** A run whose program is `program`, unless the transform says otherwise. */
function run(
  program: string,
  outcome: RunResult['outcome'],
  output: string,
  transform?: PlanTransform,
): Promise<RunResult> {
  const execute = async (whole: PlanTransform): Promise<RunResult> => {
    whole.program?.({ spec: { argv: [program] } } as unknown as ProgramPlan);
    return { outcome, stdout: { data: output } } as unknown as RunResult;
  };
  return provenRun(execute, transform);
}

test.each<[string, RunResult['outcome'], string]>([
  ['nothing', exited, ''],
  ['something else', exited, 'end 0 exited 0\n'],
  ['nothing before it crashed', { kind: 'signaled', signal: 'SIGABRT', coreDumped: false }, ''],
])('a probe that said %s is an error', async (_, outcome, output) => {
  await expect(run(PROBE_INSIDE, outcome, output)).rejects.toThrow('the probe said nothing');
});

test.each<[string, RunResult['outcome']]>([
  ['a limit', { kind: 'limit', limit: 'wall' }],
  ['the filter', { kind: 'denied', by: 'seccomp', syscall: 'write', abi: 'x86_64' }],
  ["the kernel's kill", { kind: 'signaled', signal: 'SIGSYS', coreDumped: false }],
  ['a failed start', { kind: 'notStarted', errno: 'ENOENT' }],
])('%s may come before its first word', async (_, outcome) => {
  expect((await run(PROBE_INSIDE, outcome, '')).outcome).toEqual(outcome);
});

test('what it says afterwards is for its judge, and other programs are for theirs', async () => {
  expect((await run(PROBE_INSIDE, exited, 'begin 0\n')).outcome).toEqual(exited);
  expect((await run('/bin/sh', exited, '')).outcome).toEqual(exited);
});

test('a probe that a transform starts is one', async () => {
  const transform: PlanTransform = {
    program: (plan) => ({ ...plan, spec: { ...plan.spec, argv: [PROBE_INSIDE, 'ids'] } }),
  };
  await expect(run('/bin/sh', exited, '', transform)).rejects.toThrow('the probe said nothing');
});
