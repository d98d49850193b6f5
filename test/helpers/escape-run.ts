/** The escape suite as a library, against policies that want a built tree: one of Bash, made of this host's own files. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AttackReport, EscapeReport, TargetReport } from '#escape/report-types.ts';
import { runSuite } from '#escape/suite.ts';
import { targetName } from '#escape/target.ts';
import { removeTree } from '#rootfs/harden.ts';
import { buildRootfs } from '#rootfs-commands.ts';

export interface TreeStore {
  readonly env: NodeJS.ProcessEnv;
  readonly remove: () => Promise<void>;
}

/** A store of its own, where uids of runs can get to. Takes a second. */
export async function buildTreeStore(): Promise<TreeStore> {
  const store = mkdtempSync(join(tmpdir(), 'warder-escape-store-'));
  chmodSync(store, 0o755);
  const env = { ...process.env, WARDER_ROOTFS_STORE: store };
  const remove = (): Promise<void> => removeTree(store);
  try {
    const options = {
      builder: 'closure',
      mirror: null,
      downloadTimeoutMs: 1000,
      onProgress: () => {},
    } as const;
    await buildRootfs('bash', { env, ...options });
    return { env, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Everything on each of the policies on one engine. */
export function attackPolicies(
  env: NodeJS.ProcessEnv,
  engine: 'bubblewrap' | 'nsjail',
  policies: readonly string[],
  destructive: boolean,
): Promise<EscapeReport> {
  return runSuite({
    version: '0.0.0',
    env,
    targets: policies.map((policy) => ({ kind: 'warder', policy, engine })),
    only: [],
    destructive,
    layers: false,
    cgroup: { moveSelf: true },
    signal: new AbortController().signal,
    onProgress: () => {},
  });
}

/** What waits for a feature, and without `--destructive` what needs that. */
const WAITING = ['tty-termios'];
const NEEDS_DESTRUCTIVE = /^can do harm where the sandbox fails: needs --destructive/;

const DECIDED = ['contained', 'not-applicable'];

const told = ({ id, verdict, evidence, control }: AttackReport): string =>
  `${id} ${verdict}: ${evidence.join('; ')} [${control?.place ?? 'no control'}: ${control?.evidence.join('; ') ?? ''}]`;

/** How a target of one report ended, and whatever was not contained, with the reason: a line each. */
export function tellTarget({ target, attacks, summary }: TargetReport, uid: number, ms: number): string {
  const counts = Object.entries(summary).flatMap(([verdict, count]) =>
    count > 0 ? [`${count} ${verdict}`] : [],
  );
  const left = attacks.filter(({ verdict }) => verdict === 'not-applicable');
  const lines = [
    `${targetName(target)}, uid ${uid}: ${counts.join(', ')}, after ${Math.round(ms / 1000)} s`,
    ...left.map(({ id, evidence }) => `  ${id} does not apply: ${evidence.join('; ')}`),
    ...attacks.filter(({ verdict }) => !DECIDED.includes(verdict)).map((one) => `  ${told(one)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** Everything contained with a control that fired, or not applicable with a reason; nothing reached, nothing else left out. */
export function expectContained({ attacks, problem, canaries }: TargetReport, destructive: boolean): void {
  expect(problem).toBeNull();
  expect(canaries).toEqual([]);
  const isWaiting = ({ id, verdict, evidence: [why = ''] }: AttackReport): boolean =>
    verdict === 'not-tested' && (WAITING.includes(id) || (!destructive && NEEDS_DESTRUCTIVE.test(why)));
  const others = attacks.filter(
    (one) => one.verdict !== 'contained' && one.verdict !== 'not-applicable' && !isWaiting(one),
  );
  expect(others.map(told)).toEqual([]);
  const contained = attacks.filter(({ verdict }) => verdict === 'contained');
  expect(contained.length).toBeGreaterThan(110);
  expect(contained.filter(({ control }) => control?.fired === false).map(told)).toEqual([]);
  const left = attacks.filter(({ verdict }) => verdict === 'not-applicable');
  expect(left.filter(({ evidence }) => evidence.join('').length < 20).map(told)).toEqual([]);
}
