/** The report as SARIF 2.1.0 (OASIS): a run for each target, a rule for each attack, a result for each verdict. */
import { createHash } from 'node:crypto';
import type { AttackReport, EscapeReport, TargetReport } from '#escape/report-types.ts';
import { targetName } from '#escape/target.ts';
import { CATEGORIES, IMPACTS, type Verdict } from '#escape/types.ts';
import { oneLine } from './escape-text.ts';

/** §3.27.9: `open` means that nothing could be decided. §3.27.10: every kind but `fail` has the level `none`. */
const KINDS = {
  contained: ['pass', 'none'],
  escaped: ['fail', 'error'],
  weak: ['fail', 'warning'],
  'not-applicable': ['notApplicable', 'none'],
  'not-tested': ['open', 'none'],
  error: ['open', 'none'],
} as const satisfies Record<Verdict, readonly [string, string]>;

const CANARY_RULE = {
  id: 'host-canary',
  shortDescription: { text: 'A canary of the host was reached or changed' },
  fullDescription: {
    text: 'Files and listening sockets with a random token, set up on the host before the attacks',
  },
  help: { text: 'Contained means: no connection, no change' },
  defaultConfiguration: { level: 'error' },
  properties: { tags: ['security'] },
} as const;

export function sarifReport(report: EscapeReport): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: report.targets.map((target) => toRun(report, target)),
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toRun({ warder, host, startedAt }: EscapeReport, report: TargetReport) {
  const name = targetName(report.target);
  const { attacks, canaries, facts, problem } = report;
  const failures = [
    ...(problem === null ? [] : [problem]),
    ...attacks
      .filter(({ verdict }) => verdict === 'error')
      .map(({ id, evidence }) => `${id}: ${evidence[0] ?? ''}`),
  ];
  return {
    tool: {
      driver: {
        name: 'warder escape',
        semanticVersion: warder,
        rules: [...attacks.map(toRule), CANARY_RULE],
      },
    },
    automationDetails: { id: `warder-escape/${oneLine(name)}/` },
    invocations: [
      {
        executionSuccessful: problem === null,
        startTimeUtc: startedAt,
        toolExecutionNotifications: failures.map((text) => ({
          level: 'error',
          message: { text: oneLine(text) },
        })),
      },
    ],
    results: [
      ...attacks.map((attack, ruleIndex) => toResult(attack, ruleIndex, name)),
      ...canaries.map((line) => canaryResult(line, attacks.length, name)),
    ],
    properties: { host, facts },
  };
}

function toRule({ id, title, technique, expected, reference, category, impact, tier }: AttackReport) {
  return {
    id: oneLine(id),
    shortDescription: { text: oneLine(title) },
    fullDescription: { text: oneLine(technique) },
    help: { text: oneLine(`Contained means: ${expected}. See: ${reference}`) },
    defaultConfiguration: { level: 'error' },
    properties: {
      tags: ['security', CATEGORIES[category].title, IMPACTS[impact]],
      tier,
    },
  };
}

function toResult(
  { id, verdict, evidence, title, control }: AttackReport,
  ruleIndex: number,
  target: string,
) {
  const [kind, level] = KINDS[verdict];
  const lines = [`${title}: ${verdict}`, ...evidence].map(oneLine);
  return {
    ruleId: oneLine(id),
    ruleIndex,
    kind,
    level,
    message: { text: lines.join('\n') },
    ...placeOf(target, id),
    properties: { verdict, controlFired: control?.fired ?? null },
  };
}

function canaryResult(line: string, ruleIndex: number, target: string) {
  return {
    ruleId: CANARY_RULE.id,
    ruleIndex,
    kind: 'fail',
    level: 'error',
    message: { text: oneLine(line) },
    ...placeOf(target, CANARY_RULE.id, line.replace(/^.*?: /, '')),
    properties: { verdict: 'escaped', controlFired: null },
  };
}

/** No file of anybody's is at fault, so the place is a logical one; the same attack on the same target is the same finding. */
function placeOf(target: string, ...identity: readonly string[]) {
  const digest = createHash('sha256')
    .update(JSON.stringify([target, ...identity]))
    .digest('hex');
  return {
    locations: [{ logicalLocations: [{ fullyQualifiedName: oneLine(target), kind: 'resource' }] }],
    fingerprints: { 'warderAttack/v1': digest },
  };
}
