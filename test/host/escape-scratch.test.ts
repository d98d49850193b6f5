/**
 * nsjail mounts on directories in /tmp whose names anybody can guess. Another user of the host who is there first can make runs
 * fail (SECURITY.md), and nothing else: no file of his choice is changed, no run goes on in his directory.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult, WarderErrorJson } from '#index.ts';
import { MAIN } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { withNsjail } from '../helpers/nsjail.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/scratch-names.sh', import.meta.url));
const mounts = gate(
  'mount-namespaces',
  spawnSync('unshare', ['--mount', 'true']).status === 0,
  'unshare(1) makes no mount namespace',
);

withNsjail('names that another user took first', () => {
  mounts('with a /tmp of its own', () => {
    let victim = '';
    beforeAll(() => {
      // Not below /tmp, which is another one there.
      victim = mkdtempSync('/var/tmp/warder-victim-');
      writeFileSync(`${victim}/file`, 'kept');
    });
    afterAll(() => rmSync(victim, { recursive: true }));

    const run = (kind: string) => {
      const command = [process.execPath, MAIN, 'cmd', '--json', '--engine', 'nsjail', '--', 'ls', '-A', '/'];
      const { stdout, stderr } = spawnSync('unshare', ['--mount', FIXTURE, kind, victim, ...command], {
        encoding: 'utf8',
      });
      if (!stdout.startsWith('{')) throw new Error(stderr);
      return JSON.parse(stdout) as Partial<RunResult> & { readonly error?: WarderErrorJson };
    };

    test.each(['none', 'directory', 'symlink', 'file'])('%s', (kind) => {
      const before = statSync(victim).mtimeMs;
      const { outcome, stdout, error } = run(kind);
      // It runs in a root of its own, or not at all.
      if (outcome === undefined) expect(error?.code).toBe('ENGINE_SETUP_FAILED');
      else
        expect([outcome, stdout?.data]).toEqual([
          { kind: 'exited', exitCode: 0 },
          expect.stringMatching(/^usr$/m),
        ]);
      if (kind === 'none') expect(outcome).toBeDefined();
      expect(stdout?.data ?? '').not.toContain('file');
      expect(readdirSync(victim)).toEqual(['file']);
      expect(readFileSync(`${victim}/file`, 'utf8')).toBe('kept');
      expect(statSync(victim).mtimeMs).toBe(before);
    });
  });
});
