/** What a killed escape suite leaves, its directory and the group around destructive attacks, is swept; a living one's stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli, MAIN } from '../helpers/cli.ts';
import { rooted, sandboxed } from '../helpers/sandbox.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const START_MS = 30_000 * SLOWNESS;
const canaries = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('warder-canary-'));

/** Groups of suites, wherever they are; those of other runs come and go meanwhile. */
function groups(directory = '/sys/fs/cgroup'): readonly string[] {
  return childrenOf(directory).flatMap((name) =>
    name.startsWith('warder-escape-') ? [join(directory, name)] : groups(join(directory, name)),
  );
}

function childrenOf(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + START_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error('nothing of the suite was seen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly groups: readonly string[];
  readonly canaries: readonly string[];
}

/** A suite that goes on for a while, with what is its own. */
async function start(): Promise<Started> {
  const before = { groups: groups(), canaries: canaries() };
  const words = ['escape', '--only', 'resources', '--destructive'];
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: 'ignore' });
  const own = () => groups().filter((path) => !before.groups.includes(path));
  const made = () => canaries().filter((name) => !before.canaries.includes(name));
  // The group comes first, then canaries; `own` is the last of them.
  await until(
    () => own().length > 0 && made().some((name) => childrenOf(join(tmpdir(), name)).includes('own')),
  );
  return { child, groups: own(), canaries: made() };
}

async function end({ child }: Started, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

sandboxed('warder gc', () => {
  rooted('as root', () => {
    test('sweeps what a killed suite left, and nothing of a living one', {
      timeout: 4 * START_MS,
    }, async () => {
      const killed = await start();
      await end(killed, 'SIGKILL');
      const living = await start();
      try {
        // The start of the second one has swept already, or this does.
        const { code } = await cli(['gc']);
        expect(code).toBe(0);
        expect(groups().filter((path) => killed.groups.includes(path))).toEqual([]);
        expect(canaries().filter((name) => killed.canaries.includes(name))).toEqual([]);
        expect(groups()).toEqual(expect.arrayContaining([...living.groups]));
        expect(canaries()).toEqual(expect.arrayContaining([...living.canaries]));
      } finally {
        await end(living, 'SIGKILL');
      }
      const { stdout } = await cli(['gc', '--json']);
      const swept = JSON.parse(stdout.toString()) as { readonly ok: boolean; readonly canaries: number };
      expect([swept.ok, swept.canaries > 0]).toEqual([true, true]);
      expect(groups().filter((path) => living.groups.includes(path))).toEqual([]);
      expect(readFileSync('/proc/self/cgroup', 'utf8')).not.toContain('warder-escape-');
    });
  });
});
