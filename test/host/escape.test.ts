/** The suite on this host: everything contained and every control fired, on each engine and policy; real escapes found. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS } from '#escape/corpus.ts';
import { escapeReportSchema } from '#escape/report-schema.ts';
import type { AttackReport, EscapeReport, TargetReport } from '#escape/report-types.ts';
import { runSuite, type SuiteOptions } from '#escape/suite.ts';
import type { Category } from '#escape/types.ts';
import { places } from '../helpers/places.ts';
import { leafDirectories, rooted, sandboxProcesses } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const CATEGORIES: readonly Category[] = ['filesystem', 'proc', 'namespaces', 'capabilities', 'seccomp'];
/** What the issue asks for is a minute on two processors. */
const BUDGET_MS = 60_000 * SLOWNESS;

const fixture = (name: string): string =>
  new URL(`../fixtures/policies/${name}.yaml`, import.meta.url).pathname;

function attack(options: Partial<SuiteOptions> & Pick<SuiteOptions, 'targets'>): Promise<EscapeReport> {
  return runSuite({
    version: '0.0.0',
    env: process.env,
    only: CATEGORIES,
    destructive: false,
    layers: false,
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
}

function single({ targets }: EscapeReport): TargetReport {
  const [target] = targets;
  if (target === undefined) throw new Error('the report has no target');
  return target;
}

const told = ({ id, verdict, evidence, control }: AttackReport): string =>
  `${id} ${verdict}: ${evidence.join('; ')} [${control?.place ?? 'no control'}]`;

for (const { name, engine, gate } of places) {
  gate(`on ${name}`, () => {
    describe.each([
      ['strict', 'strict'],
      ['paranoid', fixture('paranoid-host')],
    ])('policy %s', (_, policy) => {
      let report: EscapeReport;
      beforeAll(async () => {
        report = await attack({ targets: [{ kind: 'warder', policy, engine }] });
      }, BUDGET_MS * 2);

      test('everything is contained, or there is nothing to attack', () => {
        const { attacks, problem, canaries } = single(report);
        expect(problem).toBeNull();
        expect(canaries).toEqual([]);
        expect(attacks.length).toBeGreaterThan(50);
        const others = attacks.filter(
          ({ verdict }) => verdict !== 'contained' && verdict !== 'not-applicable',
        );
        expect(others.map(told)).toEqual([]);
      });

      test('a control fired for each that was contained, and the rest says why it is not applicable', () => {
        const { attacks } = single(report);
        const contained = attacks.filter(({ verdict }) => verdict === 'contained');
        expect(contained.filter(({ control }) => control?.fired !== true).map(told)).toEqual([]);
        const left = attacks.filter(({ verdict }) => verdict === 'not-applicable');
        for (const { evidence } of left) expect(evidence.join('').length).toBeGreaterThan(10);
      });

      test('the report is as its schema says, and it came in time', () => {
        expect(escapeReportSchema.safeParse(report).error).toBeUndefined();
        expect(report.ms).toBeLessThan(BUDGET_MS);
      });

      test('nothing of it is left', async () => {
        expect(sandboxProcesses()).toEqual([]);
        expect(await leafDirectories()).toEqual([]);
        const left = readdirSync(tmpdir()).filter((file) => file.startsWith('warder-suid'));
        expect(left).toEqual([]);
      });
    });

    test('a control that is taken away is noticed', async () => {
      const relaxed = await attack({
        targets: [{ kind: 'warder', policy: 'strict', engine }],
        only: ['fs-write-rootfs', 'ns-unshare-each', 'proc-timing-files', 'ns-clone3'],
        layers: true,
      });
      const layers = new Map(single(relaxed).attacks.map(({ id, layers }) => [id, layers]));
      // Two layers each: the other one holds alone.
      expect(layers.get('fs-write-rootfs')).toContainEqual({ without: 'readOnlyRoot', verdict: 'contained' });
      expect(layers.get('fs-write-rootfs')).toContainEqual({ without: 'landlock', verdict: 'contained' });
      expect(layers.get('ns-unshare-each')).toContainEqual({ without: 'seccomp', verdict: 'contained' });
      expect(layers.get('ns-unshare-each')).toContainEqual({
        without: 'userNamespaceLimit',
        verdict: 'contained',
      });
      // One layer: without it the host can be read.
      expect(layers.get('proc-timing-files')).toContainEqual({ without: 'procMasks', verdict: 'escaped' });
      const { control } = single(relaxed).attacks.find(({ id }) => id === 'ns-clone3') ?? {};
      expect(control).toMatchObject({ place: 'without:seccomp', fired: true });
    });

    test('what one control stops alone is weak where two are claimed', async () => {
      const attacks = ATTACKS.filter(({ id }) => id === 'proc-timing-files').map((attack) =>
        attack.kind === 'probe' ? { ...attack, backed: () => ['procMasks'] as const } : attack,
      );
      const options = { attacks, only: [], layers: true };
      const report = await attack({ targets: [{ kind: 'warder', policy: 'strict', engine }], ...options });
      const [found] = single(report).attacks;
      expect(found?.verdict).toBe('weak');
      expect(found?.evidence[0]).toContain('without procMasks nothing else stops it');
    });
  });
}

rooted('launchers as people start them', () => {
  test.each([
    [
      'plain-bwrap',
      ['fs-read-host-secret', 'proc-core-pattern', 'proc-host-pids', 'ns-unshare-each', 'cap-sets-empty'],
    ],
    ['plain-nsjail', ['fs-read-host-secret', 'fs-dev-inventory', 'ns-unshare-each', 'sc-int80']],
  ] as const)('%s: the escapes that are there are found', async (kind, expected) => {
    const report = await attack({ targets: [{ kind }] });
    const escaped = single(report).attacks.filter(({ verdict }) => verdict === 'escaped');
    for (const id of expected) expect(escaped.map((one) => one.id)).toContain(id);
    for (const { evidence } of escaped) expect(evidence.length).toBeGreaterThan(0);
    expect(single(report).canaries.filter((line) => line.includes('changed'))).toEqual([]);
  });
});

test('a target that cannot run here is a problem of its own, and not contained', async () => {
  const report = await attack({
    targets: [{ kind: 'warder', policy: 'strict', engine: 'bubblewrap', rootfs: 'no-such-tree' }],
  });
  expect(single(report)).toMatchObject({ attacks: [], facts: null });
  expect(single(report).problem).toContain('HOST_ROOTFS_MISSING');
});
