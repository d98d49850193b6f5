/** Escape reports as values: a harmless one, and one whose every free text is hostile to whoever shows it. */
import type { AttackReport, EscapeReport, TargetReport } from '../../src/escape/report-types.ts';
import { VERDICTS, type Verdict } from '../../src/escape/types.ts';

/** Ends scripts, CDATA, comments, attributes and lines; obeyed by terminals; not allowed in XML; reorders text. */
export const HOSTILE =
  `<script>alert(1)</script>]]><!-- --> "><img src=http://192.0.2.1/x onerror=alert(2)>'\u001b[2J\u001b]0;t\u0007` +
  `\r\nFAKE: contained\n</pre></style>&amp;\u0000\uffff\ud800\u202etxt\u2028${'x'.repeat(400)}`;

export function attackReport(change: Partial<AttackReport> = {}): AttackReport {
  return {
    id: 'fs-example',
    category: 'filesystem',
    impact: 'E',
    tier: 1,
    title: 'Write into a place',
    technique: 'Opens a file for writing',
    reference: 'open(2)',
    expected: 'EROFS',
    verdict: 'contained',
    evidence: ['open: EROFS'],
    control: { place: 'host', fired: true, evidence: ['open: succeeded (3)'] },
    layers: [{ without: 'seccomp', verdict: 'contained' }],
    ...change,
  };
}

export function targetReport(
  attacks: readonly AttackReport[],
  change: Partial<TargetReport> = {},
): TargetReport {
  const count = (wanted: Verdict): number => attacks.filter(({ verdict }) => verdict === wanted).length;
  return {
    target: { kind: 'warder', policy: 'strict', engine: 'bubblewrap' },
    facts: {
      arch: 'x86_64',
      kernel: '6.1.0',
      uid: 0,
      engine: 'bubblewrap',
      policy: {
        name: 'strict',
        network: 'none',
        writtenFiles: 'allow',
        seccompProfile: 'strict',
        pids: 64,
        children: true,
      },
      landlockAbi: 0,
      cgroupDriver: 'v1',
    },
    problem: null,
    attacks,
    summary: Object.fromEntries(VERDICTS.map((one) => [one, count(one)])) as TargetReport['summary'],
    canaries: [],
    ...change,
  };
}

export function escapeReport(
  targets: readonly TargetReport[],
  change: Partial<EscapeReport> = {},
): EscapeReport {
  return {
    schema: 1,
    warder: '0.1.0',
    host: { kernel: '6.1.0', arch: 'x64', uid: 0, node: '20.19.0' },
    targets,
    startedAt: '2026-01-01T00:00:00.000Z',
    ms: 1234,
    ...change,
  };
}

/** Every verdict, each with hostile text everywhere; a target that could not be prepared; canaries; changes. */
export function hostileReport(): EscapeReport {
  const attacks = VERDICTS.map((verdict, index) =>
    attackReport({
      id: `fs-${verdict}`,
      verdict,
      title: HOSTILE,
      technique: HOSTILE,
      reference: HOSTILE,
      expected: HOSTILE,
      evidence: index === 0 ? [] : [HOSTILE, HOSTILE],
      control: index % 2 === 0 ? null : { place: HOSTILE, fired: false, evidence: [HOSTILE] },
      layers: [{ without: HOSTILE, verdict }],
    }),
  );
  const named = { kind: 'warder', policy: HOSTILE, engine: 'auto', rootfs: HOSTILE } as const;
  return escapeReport(
    [
      targetReport(attacks, { target: named, canaries: [HOSTILE] }),
      targetReport(attacks.slice(1)),
      targetReport([], { facts: null, problem: HOSTILE, target: { kind: 'plain-bwrap' } }),
    ],
    {
      baseline: {
        startedAt: '2025-12-31T00:00:00.000Z',
        changes: [{ target: HOSTILE, id: 'fs-weak', before: 'contained', after: 'weak', direction: 'worse' }],
      },
    },
  );
}
