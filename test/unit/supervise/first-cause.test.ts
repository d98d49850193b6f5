import { expect, test } from 'vitest';
import type { FirstCause } from '#result/run-result.ts';
import { CauseRecorder } from '#supervise/first-cause.ts';

test('the first cause stays, is told once, and is already there when it is told', () => {
  const told: [FirstCause, FirstCause | null][] = [];
  const causes: CauseRecorder = new CauseRecorder((cause) => told.push([cause, causes.first]));
  expect(causes.first).toBeNull();
  causes.record('stdout');
  causes.record('wall');
  causes.record('stdout');
  expect(causes.first).toBe('stdout');
  expect(told).toEqual([['stdout', 'stdout']]);
});
