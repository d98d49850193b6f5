/** Compilers and runtimes of the system's packages, as people use them, under the shipped seccomp profiles. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunResult } from '#index.ts';
import { openWarder, type WarderInstance } from '#internal.ts';
import { SHIPPED_PROFILES } from '../helpers/filters.ts';
import { gate } from '../helpers/gate.ts';
import { configuration, isInstalled, RUNTIMES, type Runtime } from '../helpers/runtimes.ts';
import { sandboxed } from '../helpers/sandbox.ts';

const MINUTE = 60_000;
/** Room for compilers; what is tested is the filter. */
const LIMITS = {
  wall: '90s',
  cpuTime: '90s',
  cpu: 4,
  memory: '2GiB',
  pids: 512,
  fileSize: '512MiB',
  openFiles: 1024,
  workspace: { size: '512MiB' },
  tmp: { size: '512MiB' },
};

const MOUNTS = configuration().map(
  (path) => ({ type: 'bind', source: path, target: path, readOnly: true }) as const,
);

let warder: WarderInstance | undefined;

function run({ files, script }: Runtime, profile: string): Promise<RunResult> {
  if (!warder) throw new Error('not open');
  return warder.execute(
    {
      argv: ['bash', '-euc', script],
      files: Object.entries(files).map(([path, content]) => ({ path, content })),
      policy: 'development',
      rootfs: 'host',
    },
    { allowWiden: true, overrides: { limits: LIMITS, seccomp: { profile }, filesystem: { mounts: MOUNTS } } },
  );
}

/** The rows of the table in docs/seccomp.md: what a runtime prints under a profile that it does not print without. */
function documented(profile: string): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('../../docs/seccomp.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (\S+) \| `(\w+)` \| `([^`]+)` \|/gm)];
  return new Map(
    rows.filter(([, , under]) => under === profile).map(([, name = '', , seen = '']) => [name, seen]),
  );
}

for (const profile of [...SHIPPED_PROFILES.keys()].filter((name) => name !== 'paranoid')) {
  sandboxed(`runtimes under the profile ${profile}`, () => {
    beforeAll(async () => {
      warder = await openWarder({ engine: 'bubblewrap' }, process.env);
    });
    afterAll(() => warder?.close());
    const complaints = documented(profile);

    for (const runtime of RUNTIMES) {
      const missing = runtime.programs.filter((program) => !isInstalled(program));
      gate(
        'runtimes',
        missing.length === 0,
        `${missing.join(', ')} not in /usr/bin`,
      )(runtime.name, () => {
        const complaint = complaints.get(runtime.name);
        test(
          complaint === undefined ? 'works' : `works but for: ${complaint}`,
          async () => {
            const { outcome, stdout, stderr } = await run(runtime, profile);
            const seen = { outcome, stdout: stdout.data, stderr: stderr.data };
            const working = { outcome: { kind: 'exited', exitCode: 0 }, stdout: runtime.stdout, stderr: '' };
            if (complaint === undefined) return expect(seen).toEqual(working);
            expect(`${seen.stdout}${seen.stderr}`).toContain(complaint);
            expect({ ...seen, stdout: seen.stdout.slice(-runtime.stdout.length), stderr: '' }).toEqual(
              working,
            );
          },
          2 * MINUTE,
        );
      });
    }

    test('the documentation names nothing else', () => {
      const names = RUNTIMES.map(({ name }) => name);
      expect([...complaints.keys()].filter((name) => !names.includes(name))).toEqual([]);
      // `default` is for whatever people run, so it has nothing to list.
      expect(profile === 'default' ? complaints.size : 0).toBe(0);
    });
  });
}
