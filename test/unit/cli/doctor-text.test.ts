import { describe, expect, test } from 'vitest';
import { doctorText } from '#cli/doctor-text.ts';
import type { CheckResult, DoctorReport } from '#internal.ts';

const plain = (_: string, text: string): string => text;

function check(changes: Partial<CheckResult>): CheckResult {
  return {
    id: 'kernel.x',
    group: 'kernel',
    title: 'X',
    state: 'ok',
    found: 'there',
    why: 'It matters',
    fix: null,
    code: null,
    ms: null,
    ...changes,
  };
}

function report(ready: boolean, checks: readonly CheckResult[]): DoctorReport {
  return {
    schema: 1,
    ready,
    policy: { name: 'strict', sha256: 'a'.repeat(64) },
    engine: { wanted: 'auto', used: 'bubblewrap' },
    host: { kernel: '6.12.0', arch: 'x64', uid: 0, node: '20.19.0' },
    checks,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
}

const FIX = { summary: 'Mend it', asRoot: true, script: 'one \\\n  two' };

test('groups in their order; reason and repair for what is not in order, one line for what is', () => {
  const checks = [
    check({ id: 'runs.a', group: 'runs', title: 'A run', ms: 12.4 }),
    check({ state: 'failed', found: 'gone', code: 'HOST_USERNS_DENIED', fix: FIX }),
    check({ id: 'kernel.y', title: 'Longer', state: 'skipped', found: 'not asked' }),
  ];
  expect(doctorText(report(false, checks), plain)).toBe(`kernel
  FAIL  X       gone
        why: It matters
        fix, as root: Mend it
          one \\
            two
  skip  Longer  not asked

runs
  ok    A run   there [12 ms]

not ready for the policy strict: kernel.x (HOST_USERNS_DENIED) (1 ok, 0 warnings, 1 failed, 1 skipped)
`);
});

test('ready says with which launcher', () => {
  expect(doctorText(report(true, [check({ state: 'warning' })]), plain)).toMatch(
    /\nready: runs under the policy strict work here, with bubblewrap \(0 ok, 1 warnings, /,
  );
});

test("a launcher's own words cannot steer the terminal or break the line", () => {
  const text = doctorText(report(true, [check({ found: 'a\u001b]0;x\u0007b\nready: c' })]), plain);
  expect(text).toContain('a^[]0;x^Gb ready: c');
  expect(text).not.toContain('\u001b');
});

describe('a terminal of some width', () => {
  const checks = [
    check({ title: 'A title of a check', found: 'one two three four five six seven eight nine' }),
    check({
      title: 'A title of a check',
      state: 'failed',
      found: 'gone',
      why: 'A reason with more words than fit',
      fix: FIX,
    }),
  ];
  const lines = (columns: number): string[] => doctorText(report(true, checks), plain, columns).split('\n');

  test('what is found goes on below its beginning', () => {
    expect(lines(60).slice(1, 3)).toEqual([
      '  ok    A title of a check  one two three four five six',
      '                            seven eight nine',
    ]);
  });

  test('a narrow one has no columns, and no line is longer than it', () => {
    expect(lines(44).slice(1, 4)).toEqual([
      '  ok    A title of a check: one two three',
      '        four five six seven eight nine',
      '  FAIL  A title of a check: gone',
    ]);
    expect(Math.max(...lines(44).map((line) => line.length))).toBeLessThanOrEqual(44);
  });

  test('a script is never broken', () => {
    const script = `printf ${'x'.repeat(80)} a b`;
    const long = [check({ state: 'failed', fix: { ...FIX, script } })];
    expect(doctorText(report(false, long), plain, 40)).toContain(`\n          ${script}\n`);
  });
});

test('one repair for several checks is shown once', () => {
  const checks = ['First', 'Second'].map((title) => check({ title, state: 'failed', fix: FIX }));
  const text = doctorText(report(false, checks), plain);
  expect(text.match(/one \\/g)).toHaveLength(1);
  expect(text).toContain('  FAIL  Second  there\n        why: It matters\n        fix: the one of "First"\n');
});
