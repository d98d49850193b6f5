import { expect, test } from 'vitest';
import { executeRun, type RunExtras } from '#run.ts';
import { contextWithoutHost } from './instance.ts';

const EXTRAS: RunExtras = { defaultPolicy: 'strict', policies: null, defaultEngine: 'auto' };
const REQUEST = { argv: ['ls', 'secret argument'] };

test('a run that is cancelled before its turn has a complete result, and nothing was measured', async () => {
  const { context } = contextWithoutHost();
  const result = await executeRun(context, REQUEST, { ...EXTRAS, signal: AbortSignal.abort() });
  expect(result).toMatchObject({
    schema: 1,
    outcome: { kind: 'canceled' },
    ok: false,
    phase: 'run',
    phases: [],
    artifacts: [],
    artifactsRefused: [],
    limitsHit: [],
    engine: { name: 'bubblewrap', version: '0.8.0' },
    policy: { name: 'strict', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    rootfs: { name: 'host', sha256: null },
    usage: { wallMs: null },
    timings: { setupMs: 0, runMs: 0 },
  });
  expect(result.id).toMatch(/^[0-9A-Z]{26}$/);
  expect(Date.parse(result.startedAt)).toBeLessThanOrEqual(Date.now());
  expect(result.startedAt.endsWith('Z')).toBe(true);
  expect(result.weakenings.map(({ id }) => id)).toEqual(['rootfs']);
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('the id of the request is the id of the result', async () => {
  const { context } = contextWithoutHost();
  const request = { ...REQUEST, id: 'mine-1' };
  const result = await executeRun(context, request, { ...EXTRAS, signal: AbortSignal.abort() });
  expect(result.id).toBe('mine-1');
});

test('one event tells what ran under what and how it ended, without arguments or output', async () => {
  const { context, events } = contextWithoutHost();
  const result = await executeRun(context, REQUEST, { ...EXTRAS, signal: AbortSignal.abort() });
  expect(events).toEqual([
    expect.objectContaining({
      event: 'run',
      id: result.id,
      policy: result.policy,
      outcome: { kind: 'canceled' },
      weakenings: ['rootfs'],
      controls: expect.objectContaining({ memory: 512 * 1024 ** 2 }),
    }),
  ]);
  expect(JSON.stringify(events)).not.toContain('secret argument');
});

test('a failure is one event with its code, and is thrown', async () => {
  const { context, events } = contextWithoutHost();
  const running = executeRun(context, { ...REQUEST, policy: 'strikt', id: 'x' }, EXTRAS);
  await expect(running).rejects.toMatchObject({ code: 'POLICY_NOT_FOUND' });
  expect(events).toEqual([
    expect.objectContaining({
      event: 'runFailed',
      id: 'x',
      error: expect.objectContaining({ code: 'POLICY_NOT_FOUND' }),
    }),
  ]);
});

test('waiting is bounded, and a run that gave up waiting leaves its place in the line', async () => {
  const { context } = contextWithoutHost();
  const leave = await context.queue.enter();
  const controller = new AbortController();
  const waiting = executeRun(context, REQUEST, { ...EXTRAS, signal: controller.signal });
  // Planning reads files: the second one comes when the first one is certain to stand in line.
  await expect
    .poll(() => executeRun(context, REQUEST, { ...EXTRAS, signal: AbortSignal.timeout(20) }).catch(codeOf))
    .toBe('SUPERVISE_QUEUE_FULL');
  controller.abort();
  const result = await waiting;
  expect(result.outcome).toEqual({ kind: 'canceled' });
  expect(result.timings.queuedMs).toBeGreaterThan(0);
  leave?.();
});

function codeOf(error: unknown): unknown {
  return (error as { code: unknown }).code;
}
