/** Kernel surface, network, IPC between runs, descriptors, terminal, processes, control groups: on both engines. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AttackReport, TargetReport } from '#escape/report-types.ts';
import { runSuite } from '#escape/suite.ts';
import type { Target } from '#escape/target.ts';
import { built, MAIN } from '../helpers/cli.ts';
import { places } from '../helpers/places.ts';
import { eventually, leafDirectories, rooted, sandboxProcesses } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const CATEGORIES = ['kernel', 'network', 'ipc', 'descriptors', 'terminal', 'processes', 'cgroups'];
/** What a loopback network, and the narrower filter of that policy, could open. */
const OF_THE_NETWORK: readonly string[] = ['kernel', 'network', 'ipc'];
const BUDGET_MS = 60_000 * SLOWNESS;
/** Listed until the feature is there. */
const ABSENT = ['tty-termios'];

const fixture = (name: string): string =>
  new URL(`../fixtures/policies/${name}.yaml`, import.meta.url).pathname;

async function attack(
  target: Target,
  destructive: boolean,
  only: readonly string[] = CATEGORIES,
): Promise<TargetReport> {
  const { targets } = await runSuite({
    version: '0.0.0',
    env: process.env,
    targets: [target],
    only,
    destructive,
    layers: false,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  const [report] = targets;
  if (report === undefined) throw new Error('the report has no target');
  return report;
}

const told = ({ id, verdict, evidence, control }: AttackReport): string =>
  `${id} ${verdict}: ${evidence.join('; ')} [${control?.place ?? 'no control'}: ${control?.evidence.join('; ') ?? ''}]`;

/** Keys of System V objects of the host: the suite makes some and takes them away, and so does a suite beside it. */
function hostKeys(): readonly string[] {
  return ['shm', 'sem', 'msg'].flatMap((kind) => {
    const [, ...rows] = readFileSync(`/proc/sysvipc/${kind}`, 'utf8').trim().split('\n');
    return rows.map((row) => row.trim().split(/\s+/).slice(0, 2).join(' '));
  });
}

for (const { name, engine, gate } of places) {
  gate(`on ${name}`, () => {
    describe.each([
      ['strict', 'strict', CATEGORIES],
      ['paranoid', fixture('paranoid-host'), CATEGORIES],
      ['strict with a loopback network', fixture('strict-loopback'), OF_THE_NETWORK],
    ] as const)('policy %s', (_, policy, only) => {
      const before = hostKeys();
      let report: TargetReport;
      beforeAll(async () => {
        report = await attack({ kind: 'warder', policy, engine }, true, only);
      }, BUDGET_MS);

      test('everything is contained, or there is nothing to attack', () => {
        const { attacks, problem, canaries } = report;
        expect(problem).toBeNull();
        expect(canaries).toEqual([]);
        expect(attacks.length).toBeGreaterThan(only === CATEGORIES ? 50 : 20);
        const others = attacks.filter(
          ({ id, verdict }) =>
            verdict !== 'contained' && verdict !== 'not-applicable' && !ABSENT.includes(id),
        );
        expect(others.map(told)).toEqual([]);
      });

      test('each is escaped where its guard is gone', () => {
        const contained = report.attacks.filter(({ verdict }) => verdict === 'contained');
        expect(contained.length).toBeGreaterThan(only === CATEGORIES ? 40 : 15);
        expect(contained.filter(({ control }) => control?.fired !== true).map(told)).toEqual([]);
      });

      test('nothing of it is left', async () => {
        expect(sandboxProcesses()).toEqual([]);
        expect(await leafDirectories()).toEqual([]);
        expect(await eventually(() => hostKeys().every((key) => before.includes(key)))).toBe(true);
      });
    });
  });
}

built('a supervisor with descriptors left open', () => {
  test('the program has none of them', async () => {
    const leaked = openSync('/', 'r');
    const fds = Array.from({ length: 7 }, () => leaked);
    const child = spawn(process.execPath, [MAIN, 'cmd', '--', 'ls', '/proc/self/fd'], {
      stdio: ['ignore', 'pipe', 'inherit', ...fds],
    });
    const [output] = await Promise.all([
      text(child.stdout ?? process.stdin),
      new Promise((resolve) => child.once('close', resolve)),
    ]);
    closeSync(leaked);
    // The last one is the directory that ls reads.
    expect(output.trim().split('\n')).toEqual(['0', '1', '2', '3']);
    expect(child.exitCode).toBe(0);
  });
});

rooted('against bubblewrap as started by hand', () => {
  test(
    'the escapes that are there',
    async () => {
      const { attacks } = await attack({ kind: 'plain-bwrap' }, false);
      const escaped = attacks.filter(({ verdict }) => verdict === 'escaped').map(({ id }) => id);
      expect(escaped).toEqual(
        expect.arrayContaining([
          'ks-io-uring',
          'ks-bpf',
          'ks-vsock',
          'net-host-loopback',
          'net-abstract-unix',
          'net-path-unix',
          'pr-kill-out',
          'pr-ptrace-init',
          'cg-path-leak',
        ]),
      );
    },
    BUDGET_MS,
  );
});
