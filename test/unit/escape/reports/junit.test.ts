import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { junitReport } from '../../../../src/escape/reports/junit.ts';
import { VERDICTS } from '../../../../src/escape/types.ts';
import { attackReport, escapeReport, hostileReport, targetReport } from '../../../helpers/escape-report.ts';
import { gate } from '../../../helpers/gate.ts';

const XSD = fileURLToPath(new URL('../../../fixtures/junit.xsd', import.meta.url));

describe('junit', () => {
  test('a case for each attack, by what its verdict means to a test report', () => {
    const attacks = VERDICTS.map((verdict) =>
      attackReport({ id: `a-${verdict}`, verdict, evidence: ['mount: EPERM'] }),
    );
    const text = junitReport(escapeReport([targetReport(attacks)]));
    expect(text).toContain('<testsuites name="warder escape" tests="7" failures="2" errors="1" skipped="2"');
    expect(text).toContain('<property name="policy" value="strict"/>');
    expect(text).toContain('classname="strict on bubblewrap.filesystem"');
    expect(text).toContain('<failure type="weak" message="mount: EPERM">mount: EPERM</failure>');
    expect(text).toContain('<skipped message="not-tested: mount: EPERM"/>');
    expect(text).toContain('<skipped message="not-applicable: mount: EPERM"/>');
    expect(text).toContain('<error type="error" message="mount: EPERM">');
  });

  test('a target that could not be prepared is an error, a canary that was reached a failure', () => {
    const unprepared = targetReport([], { facts: null, problem: 'no user namespaces' });
    expect(junitReport(escapeReport([unprepared]))).toContain('message="no user namespaces"');
    const reached = targetReport([attackReport()], { canaries: ['tcp listener: connected'] });
    expect(junitReport(escapeReport([reached]))).toContain(
      '<failure type="escaped" message="tcp listener: connected">',
    );
  });

  test('hostile text stays text: no element, no line, no control character', () => {
    const text = junitReport(hostileReport());
    expect(text).not.toMatch(/<script|<img|\]\]>|<!--|FAKE: contained$/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\uffff]/);
  });
});

gate(
  'xmllint',
  existsSync('/usr/bin/xmllint'),
  'libxml2-utils is not installed',
)('junit and its schema', () => {
  test.each([
    ['hostile', hostileReport()],
    ['empty', escapeReport([])],
    ['ordinary', escapeReport([targetReport([attackReport()])])],
  ])('%s', (_, report) => {
    expect(lint(junitReport(report))).toBe('valid');
  });

  test('the schema can fail', () => {
    const text = junitReport(escapeReport([targetReport([attackReport()])]));
    expect(lint(text.replace(' classname=', ' class='))).toMatch(/classname/);
    expect(lint(text.replace('</testsuites>', ']]></testsuites>'))).toMatch(/\]\]>/);
  });
});

function lint(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'warder-junit-'));
  try {
    const file = join(directory, 'report.xml');
    writeFileSync(file, text);
    execFileSync('/usr/bin/xmllint', ['--noout', '--nonet', '--schema', XSD, file], { stdio: 'pipe' });
    return 'valid';
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
