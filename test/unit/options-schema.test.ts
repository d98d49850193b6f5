import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { parseOptions } from '#options-schema.ts';

/** The paths of what is wrong. */
function pathsOf(options: object): string[] {
  try {
    parseOptions(options);
  } catch (error) {
    if (!isWarderError(error) || !('issues' in error.details)) throw error;
    expect(error.code).toBe('REQUEST_INVALID');
    return error.details.issues.map(({ path }) => path);
  }
  return [];
}

test('defaults', () => {
  const { concurrency, ...rest } = parseOptions({});
  expect(rest).toEqual({
    policy: 'strict',
    policies: null,
    engine: 'auto',
    maxQueued: 1000,
    setupTimeoutMs: 10_000,
    cgroup: { parent: null, moveSelf: false },
    compileCache: true,
  });
  expect(concurrency).toBeGreaterThanOrEqual(1);
});

test('what is given is kept', () => {
  const options = {
    policy: './p.yaml',
    policies: ['testing'],
    engine: 'bubblewrap',
    concurrency: 3,
    maxQueued: 0,
    setupTimeoutMs: 1,
    cgroup: { parent: '/sys/fs/cgroup/mine', moveSelf: true },
    compileCache: false,
  } as const;
  expect(parseOptions(options)).toEqual(options);
});

describe('refused', () => {
  test.each<[string, object]>([
    ['policy', { policy: '' }],
    ['engine', { engine: 'docker' }],
    ['concurrency', { concurrency: 0 }],
    ['concurrency', { concurrency: 1.5 }],
    ['concurrency', { concurrency: Number.NaN }],
    ['maxQueued', { maxQueued: -1 }],
    ['setupTimeoutMs', { setupTimeoutMs: '10s' }],
    ['', { concurency: 1 }],
  ])('%j in %j', (path, options) => expect(pathsOf(options)).toEqual([path]));

  test('everything at once', () => {
    expect(pathsOf({ concurrency: 0, maxQueued: -1, engine: 1 }).sort()).toEqual([
      'concurrency',
      'engine',
      'maxQueued',
    ]);
  });
});
