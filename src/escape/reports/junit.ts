/** The report as JUnit XML, in the form that Jenkins and GitLab read: a suite for each target, a case for each attack. */
import type { AttackReport, EscapeReport, TargetReport } from '#escape/report-types.ts';
import { targetName } from '#escape/target.ts';
import type { Verdict } from '#escape/types.ts';
import { markup, oneLine } from './escape-text.ts';

type Element = 'failure' | 'error' | 'skipped' | null;

const ELEMENTS: Readonly<Record<Verdict, Element>> = {
  contained: null,
  escaped: 'failure',
  weak: 'failure',
  'not-applicable': 'skipped',
  'not-tested': 'skipped',
  error: 'error',
};

interface Case {
  readonly name: string;
  readonly group: string;
  readonly element: Element;
  readonly type: string;
  readonly evidence: readonly string[];
}

export function junitReport(report: EscapeReport): string {
  const suites = report.targets.map((target) => ({ target, cases: casesOf(target) }));
  const all = suites.flatMap(({ cases }) => cases);
  const time = (report.ms / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="warder escape" ${counts(all)} time="${time}">`,
    ...suites.flatMap(({ target, cases }, id) => suiteLines(report, target, cases, id)),
    '</testsuites>\n',
  ].join('\n');
}

function suiteLines(
  report: EscapeReport,
  { target, facts }: TargetReport,
  cases: readonly Case[],
  id: number,
): readonly string[] {
  const { host, warder, startedAt } = report;
  const properties = {
    warder,
    kernel: host.kernel,
    arch: host.arch,
    uid: String(host.uid),
    ...(facts ? { engine: facts.engine, policy: facts.policy.name } : {}),
  };
  const timestamp = startedAt.replace(/\.\d+Z$/, '');
  return [
    `  <testsuite id="${id}" name="${markup(targetName(target))}" ${counts(cases)} timestamp="${markup(timestamp)}">`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([name, value]) => `      <property name="${name}" value="${markup(value)}"/>`,
    ),
    '    </properties>',
    ...cases.flatMap((one) => caseLines(one, targetName(target))),
    '  </testsuite>',
  ];
}

function casesOf({ attacks, problem, canaries }: TargetReport): readonly Case[] {
  const own = { group: 'suite', type: 'escaped' } as const;
  if (problem !== null)
    return [
      { name: 'prepare the sandbox', group: 'suite', element: 'error', type: 'error', evidence: [problem] },
    ];
  const canaryElement = canaries.length > 0 ? 'failure' : null;
  return [
    ...attacks.map(toCase),
    { ...own, name: 'canaries of the host are untouched', element: canaryElement, evidence: canaries },
  ];
}

function toCase({ id, title, category, verdict, evidence }: AttackReport): Case {
  const element = ELEMENTS[verdict];
  return { name: `${id}: ${title}`, group: category, element, type: verdict, evidence };
}

function caseLines({ name, group, element, type, evidence }: Case, suite: string): readonly string[] {
  // A dot would be read as the end of a package's name.
  const className = `${suite.replaceAll('.', '_')}.${group}`;
  const text = evidence.map(markup).join('\n');
  const head = `    <testcase name="${markup(name)}" classname="${markup(className)}"`;
  if (element === null) return [`${head}>`, `      <system-out>${text}</system-out>`, '    </testcase>'];
  const message = markup(oneLine(evidence[0] ?? type));
  const inner =
    element === 'skipped'
      ? `<skipped message="${type}: ${message}"/>`
      : `<${element} type="${type}" message="${message}">${text}</${element}>`;
  return [`${head}>`, `      ${inner}`, '    </testcase>'];
}

function counts(cases: readonly Case[]): string {
  const count = (wanted: Element): number => cases.filter(({ element }) => element === wanted).length;
  return `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
}
