/** `warder escape` as a command: its options, its exit codes, and what it leaves when it is interrupted. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { escapeReportSchema } from '#escape/report-schema.ts';
import { built, cli } from '../helpers/cli.ts';
import { rooted, sandboxed } from '../helpers/sandbox.ts';

function staged(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => /^warder-(?:probe|canary)-/.test(name));
}

built('without a sandbox', () => {
  test('--list names every attack with its letter, and runs nothing', async () => {
    const { code, stdout } = await cli(['escape', '--list', '--only', 'A']);
    expect(code).toBe(0);
    const lines = stdout.toString().trim().split('\n');
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) expect(line).toMatch(/^A {2}fs-[a-z-]+ +[EHXLDSIV][12] /);
  });

  test.each([
    [['--only', 'no-such-attack'], 'no attack or category is called no-such-attack'],
    [['--engine', 'docker'], 'none of'],
    [['--format', 'pdf'], 'pdf'],
    [['--only', ''], 'names nothing'],
    [['--policy', ','], 'names nothing'],
    [['--only', 'A', '--out', '/nowhere/report'], 'cannot write'],
    [['--target', 'plain-bwrap', '--engine', 'nsjail'], 'says nothing of a plain launcher'],
  ])('%j is refused with 64', async (args, message) => {
    const { code, stderr } = await cli(['escape', ...args]);
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });
});

sandboxed('with one', () => {
  const few = ['--only', 'fs-write-rootfs', '--only', 'ns-clone3', '--only', 'sc-fail-closed'];

  test('0 when everything held; the report is one JSON object as its schema says', async () => {
    const { code, stdout, stderr } = await cli(['escape', ...few, '--strict', '--format', 'json']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const report = escapeReportSchema.parse(JSON.parse(stdout.toString()));
    expect(report.targets[0]?.summary).toMatchObject({ contained: 3, escaped: 0, 'not-tested': 0 });
  });

  test('a report is the baseline of the next one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'warder-baseline-'));
    const file = join(directory, 'report.json');
    const one = ['escape', '--only', 'ns-clone3', '--format', 'json'];
    expect((await cli([...one, '--out', file])).code).toBe(0);
    const { code, stdout } = await cli([...one, '--baseline', file]);
    rmSync(directory, { recursive: true });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.toString()).baseline.changes).toEqual([]);
  });

  test('2 for a target that cannot be attacked, --strict or not', async () => {
    const { code, stdout } = await cli(['escape', ...few, '--rootfs', 'no-such-tree']);
    expect(code).toBe(2);
    expect(stdout.toString()).toContain('HOST_ROOTFS_MISSING');
  });

  test('SIGINT ends it with its canaries, as a signal', async () => {
    const before = staged();
    const { signal, stdout } = await cli(['escape', '--policy', 'strict', '--policy', 'testing'], {
      onStarted: async (pid) => {
        while (staged().length <= before.length) await new Promise((resolve) => setTimeout(resolve, 5));
        await new Promise((resolve) => setTimeout(resolve, 300));
        process.kill(pid, 'SIGINT');
      },
    });
    expect(signal).toBe('SIGINT');
    expect(stdout.toString()).toBe('');
    expect(staged().filter((name) => !before.includes(name))).toEqual([]);
  });
});

rooted('against a plain launcher', () => {
  test('1, and the escape with its evidence', async () => {
    const { code, stdout } = await cli([
      'escape',
      '--target',
      'plain-bwrap',
      '--only',
      'fs-read-host-secret',
    ]);
    expect(code).toBe(1);
    expect(stdout.toString()).toContain('escaped');
    expect(stdout.toString()).toContain('/etc/shadow');
  });
});
