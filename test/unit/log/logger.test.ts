import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, silentLogger } from '#log/logger.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'warder-log-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('one JSON object a line, there at once, for the owner’s eyes only', () => {
  const file = join(directory, 'log');
  const logger = createLogger({ level: 'info', file });
  logger.info({ event: 'run' }, 'text');
  logger.debug('below the level');
  expect(linesOf(file)).toEqual([
    expect.objectContaining({ level: 30, name: 'warder', pid: process.pid, event: 'run', msg: 'text' }),
  ]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file is appended to', () => {
  const file = join(directory, 'appended');
  for (const n of [1, 2]) createLogger({ level: 'info', file }).info({ n });
  expect(linesOf(file)).toEqual([expect.objectContaining({ n: 1 }), expect.objectContaining({ n: 2 })]);
});

test('silent says nothing', () => {
  expect(silentLogger().isLevelEnabled('fatal')).toBe(false);
});
