/** A policy that leaves limits open has no limit to evade: the suite says so, each by the file of the kernel that is open. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasSwap } from '#escape/attacks/resources/swap.ts';
import { runSuite } from '#escape/suite.ts';
import { places } from '../helpers/places.ts';
import { sandboxed } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

/** What a policy says, and what the suite reads then. */
const LIMITS: readonly (readonly [string, RegExp])[] = [
  ['memory: unlimited', /^memory\.(limit_in_bytes 9223372036854771712|max max)$/],
  ['pids: unlimited', /^pids\.max max$/],
  ['cpu: unlimited', /^cpu\.(cfs_quota_us -1|max max 100000)$/],
  ['wall: unlimited', /^wallMs unlimited$/],
  ['stdout: unlimited', /^stdoutBytes unlimited$/],
  ['stderr: unlimited', /^stderrBytes unlimited$/],
];
/** Counts where the host has any. */
const SWAP = [
  'swap: unlimited',
  /^memory\.(memsw\.limit_in_bytes 9223372036854771712|swap\.max max)$/,
] as const;

sandboxed('limits that a policy leaves open', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'warder-open-limits-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  async function attack(engine: 'bubblewrap' | 'nsjail', limits: readonly string[]) {
    const policy = join(dir, `${engine}-${limits.length}.yaml`);
    // A limit above its ceiling is an error of the policy.
    const ceilings = 'ceilings: { memory: unlimited, wall: unlimited }';
    const text = `version: 1\nname: open\nextends: [strict]\n${ceilings}\nlimits: { ${limits.join(', ')} }\n`;
    writeFileSync(policy, text);
    const { targets } = await runSuite({
      version: '0.0.0',
      env: process.env,
      targets: [{ kind: 'warder', policy, engine }],
      only: ['res-limits-unset'],
      destructive: false,
      layers: false,
      cgroup: { moveSelf: true },
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    const [found] = targets[0]?.attacks.filter(({ id }) => id === 'res-limits-unset') ?? [];
    return { problem: targets[0]?.problem, ...found };
  }

  for (const { name, engine, gate } of places) {
    gate(`on ${name}`, () => {
      test('each one is an escape, and no other', { timeout: 120_000 * SLOWNESS }, async () => {
        const limits = (await hasSwap()) ? [...LIMITS, SWAP] : LIMITS;
        const { problem, verdict, evidence } = await attack(
          engine,
          limits.map(([limit]) => limit),
        );
        expect({ problem, verdict }).toEqual({ problem: null, verdict: 'escaped' });
        for (const [, open] of limits) expect(evidence).toContainEqual(expect.stringMatching(open));
        expect(evidence?.length).toBe(limits.length);
        const none = await attack(engine, []);
        expect(none.verdict, none.evidence?.join()).toBe('contained');
        const one = await attack(engine, ['pids: unlimited']);
        expect(one.evidence).toEqual(['pids.max max']);
      });
    });
  }
});
