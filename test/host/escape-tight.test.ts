/** Under limits as a judge sets them the suite says the same as under those of `strict`: no false alarm, no error. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSuite } from '#escape/suite.ts';
import { rooted } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const POLICY = `version: 1
name: tight
extends: [strict]
ceilings: { wall: 1s, memory: 64MiB }
limits:
  wall: 1s
  cpuTime: 500ms
  memory: 64MiB
  pids: 16
  openFiles: 32
  stdout: 4KiB
  stderr: 4KiB
  fileSize: 64KiB
`;

/** Those that wait for something, that let two runs meet, or that need more than this policy gives. */
const ONLY = [
  'processes',
  'ipc',
  'persistence',
  'cgroups',
  'host-blocked-supervisor',
  'host-killed-supervisor',
];
/** Limits of their own that are beyond the policy's. */
const BEYOND = /^REQUEST_BEYOND_CEILING: /;

rooted('a policy with tight limits', () => {
  let dir = '';
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'warder-tight-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test('everything is contained, not applicable, or beyond it', { timeout: 180_000 * SLOWNESS }, async () => {
    const policy = join(dir, 'tight.yaml');
    writeFileSync(policy, POLICY);
    const { targets } = await runSuite({
      version: '0.0.0',
      env: process.env,
      targets: [{ kind: 'warder', policy, engine: 'bubblewrap' }],
      only: ONLY,
      destructive: false,
      layers: false,
      cgroup: { moveSelf: true },
      signal: new AbortController().signal,
      onProgress: () => {},
    });
    const [{ problem, attacks, canaries } = { problem: 'none', attacks: [], canaries: [] }] = targets;
    expect({ problem, canaries }).toEqual({ problem: null, canaries: [] });
    const isFine = (verdict: string, why: string): boolean =>
      ['contained', 'not-applicable'].includes(verdict) ||
      (verdict === 'not-tested' && (BEYOND.test(why) || why.includes('--destructive')));
    const others = attacks.filter(({ verdict, evidence }) => !isFine(verdict, evidence[0] ?? ''));
    expect(others.map(({ id, verdict, evidence }) => `${id} ${verdict}: ${evidence.join('; ')}`)).toEqual([]);
    expect(attacks.filter(({ verdict }) => verdict === 'contained').length).toBeGreaterThan(25);
  });
});
