import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  countTap,
  forbidSkips,
  isSuccess,
  sum,
  summaryLine,
  type Tally,
  withExitCode,
} from '../../../scripts/lib/check/tally.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const none: Tally = { passed: 0, failed: [], skipped: [] };
const skip = { name: 'a test', reason: 'no cgroup' };

describe('countTap', () => {
  test('counts passed, failed and skipped lines, and nothing else', () => {
    const text = [
      'TAP version 14',
      '1..4',
      '# comment ok',
      'ok 1 - one',
      'not ok 2 - two',
      '  not ok nested',
    ];
    expect(countTap([...text, 'ok 3 - three # SKIP no root', 'ok', 'okay 5'].join('\n'))).toEqual({
      passed: 2,
      failed: ['two'],
      skipped: [{ name: 'three', reason: 'no root' }],
    });
  });

  test('says so when a skip has no reason', () => {
    expect(countTap('ok 1 - one # skip').skipped).toEqual([{ name: 'one', reason: 'no reason given' }]);
  });
});

describe('withExitCode', () => {
  test('adds the failure that a program did not name', () => {
    expect(withExitCode('step', { ...none, passed: 3 }, 1).failed).toEqual(['step: exit code 1']);
  });

  test('does not count a named failure twice', () => {
    expect(withExitCode('step', { ...none, failed: ['x'] }, 1).failed).toEqual(['x']);
  });

  test('a step in which nothing ran has failed', () => {
    expect(withExitCode('step', none, 0).failed).toEqual(['step: no test ran']);
  });

  test('leaves a good run alone', () => {
    expect(withExitCode('step', { ...none, skipped: [skip] }, 0)).toEqual({ ...none, skipped: [skip] });
  });
});

describe('the end of a run', () => {
  test('sums and prints in one fixed form', () => {
    const total = sum([
      { ...none, passed: 2 },
      { passed: 1, failed: ['x'], skipped: [skip] },
    ]);
    expect(summaryLine(total)).toBe('3 passed, 1 failed, 1 skipped');
    expect(isSuccess(total)).toBe(false);
  });

  test('is no success when nothing ran, even without a failure', () => {
    expect(isSuccess(none)).toBe(false);
    expect(isSuccess({ ...none, skipped: [skip] })).toBe(false);
    expect(isSuccess({ ...none, passed: 1 })).toBe(true);
  });

  test('turns skips into failures when all is required, and only then', () => {
    const tally = { ...none, passed: 1, skipped: [skip] };
    expect(forbidSkips(tally, 'cgroup1,all').failed).toEqual([
      'a test: skipped (no cgroup), but WARDER_REQUIRE=all',
    ]);
    expect(forbidSkips(tally, 'cgroup1')).toBe(tally);
  });
});

describe('the vitest reporter', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'warder-tally-'));
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
    mkdirSync(join(directory, 'cases'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** The tally of a vitest run over one file with this text. */
  async function tallyOf(name: string, text: string): Promise<Tally> {
    const file = join(directory, 'cases', `${name}.test.mjs`);
    const out = join(directory, `${name}.json`);
    writeFileSync(file, `import { beforeAll, describe, expect, test } from 'vitest';\n${text}\n`);
    const reporter = `--reporter=${join(root, 'scripts/lib/check/vitest-reporter.mjs')}`;
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const args = [vitest, 'run', '--root', directory, reporter, `cases/${name}.test.mjs`];
    const env = { ...process.env, WARDER_TALLY_FILE: out };
    await new Promise<void>((resolve) => execFile(process.execPath, args, { env }, () => resolve()));
    return JSON.parse(readFileSync(out, 'utf8')) as Tally;
  }

  test('counts tests, with names of failures and reasons of skips', { timeout: 30_000 }, async () => {
    const tally = await tallyOf(
      'mixed',
      `test('good', () => {});
       describe('group', () => { test('bad', () => { expect(1).toBe(2); }); });
       test('noted', (context) => context.skip('no cgroup here'));
       test.skip('titled', () => {});`,
    );
    expect(tally.passed).toBe(1);
    expect(tally.failed).toEqual(['cases/mixed.test.mjs > group > bad']);
    expect(tally.skipped.map(({ reason }) => reason)).toEqual(['no cgroup here', 'see its title']);
  });

  test('names what passed only at the second try', { timeout: 30_000 }, async () => {
    const tally = await tallyOf(
      'retried',
      `let tries = 0;
       test('shaky', { retry: 1 }, () => { tries += 1; expect(tries).toBe(2); });
       test('bad', { retry: 1 }, () => { expect(1).toBe(2); });
       test('good', { retry: 1 }, () => {});`,
    );
    expect(tally).toMatchObject({ passed: 2, failed: ['cases/retried.test.mjs > bad'] });
    expect(tally.retried).toEqual(['cases/retried.test.mjs > shaky']);
  });

  test.each([
    ['unloadable', "throw new Error('at load');"],
    ['hook', "beforeAll(() => { throw new Error('in hook'); }); test('never', () => {});"],
    [
      'unhandled',
      "test('good', () => { setTimeout(() => { throw new Error('later'); }, 1); }); test('wait', () => new Promise((r) => setTimeout(r, 50)));",
    ],
  ])('counts a failure outside of tests: %s', { timeout: 30_000 }, async (name, text) => {
    expect((await tallyOf(name, text)).failed).toHaveLength(1);
  });
});
