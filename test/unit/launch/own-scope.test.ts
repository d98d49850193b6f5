import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type OwnScopeEnd, runInOwnScope } from '#launch/own-scope.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'warder-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** What a second start does once it runs: says so on its channel, then ends as `script` says. */
const inside = (script: string) => ['/bin/sh', '-c', `printf 1 >&3; ${script}`] as const;

/** Runs `command` with the shell script `systemdRun` in the place of systemd-run; null: there is none. */
async function run(
  systemdRun: string | null,
  command: readonly [string, ...string[]],
  timeoutMs = 60_000,
): Promise<OwnScopeEnd | null> {
  if (systemdRun !== null) {
    await writeFile(join(directory, 'systemd-run'), `#!/bin/sh\n${systemdRun}\n`);
    await chmod(join(directory, 'systemd-run'), 0o755);
  }
  const path = systemdRun === null ? [directory] : [directory, dirname(process.execPath), '/usr/bin', '/bin'];
  return runInOwnScope({ command, env: { PATH: path.join(delimiter) } }, timeoutMs);
}

/** As systemd-run does with --scope: becomes what stands behind the two hyphens. */
const BECOME = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';

test.each([
  ['exit 0', { exitCode: 0, signal: null }],
  ['exit 69', { exitCode: 69, signal: null }],
  ['exit 255', { exitCode: 255, signal: null }],
  ['kill -TERM $$', { exitCode: null, signal: 'SIGTERM' }],
  ['kill -KILL $$', { exitCode: null, signal: 'SIGKILL' }],
])('ends as the one inside does: %s', async (script, end) => {
  expect(await run(BECOME, inside(script))).toEqual(end);
});

test('the one inside can tell that it is, and has a channel that ends with the first one', async () => {
  const script = '[ "$WARDER_OWN_SCOPE" = 3 ] && [ -S /proc/self/fd/3 ] && exit 5';
  expect(await run(BECOME, inside(script))).toEqual({ exitCode: 5, signal: null });
});

test('the scope is delegated, of the user, has a name of its own, and is removed', async () => {
  const seen =
    'case "$*" in "--user --scope "*" --collect --unit=warder-cli-"*.scope*Delegate=yes*) ;; *) exit 9;; esac';
  expect(await run(`${seen}; ${BECOME}`, inside('exit 4'))).toEqual({ exitCode: 4, signal: null });
});

test('no systemd-run, or one that is refused: nothing has happened', async () => {
  expect(await run(null, inside('exit 0'))).toBeNull();
  expect(await run('exit 1', inside('exit 0'))).toBeNull();
});

test('a manager that does not answer is given up, and what waits for it is ended', async () => {
  expect(
    await run('echo $$ > "$(dirname "$0")/pid"; while :; do sleep 0.1; done', inside('exit 0'), 1000),
  ).toBeNull();
  const pid = Number(await readFile(join(directory, 'pid'), 'utf8'));
  expect(pid).toBeGreaterThan(1);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('a signal is passed on as it is: whoever takes longer than 5 s over SIGTERM is not killed', async () => {
  const ready = join(directory, 'ready');
  const script = `trap 'sleep 6; exit 6' TERM; printf 1 >&3; touch ${ready}; while :; do sleep 0.1; done`;
  const ended = run(BECOME, ['/bin/sh', '-c', script]);
  await expect.poll(() => existsSync(ready), { timeout: 20_000 }).toBe(true);
  process.emit('SIGTERM', 'SIGTERM');
  expect(await ended).toEqual({ exitCode: 6, signal: null });
});

test('one that has been started is waited for, also before it says so', async () => {
  expect(await run(BECOME, ['sh', '-c', 'sleep 2; printf 1 >&3; exit 3'], 1000)).toEqual({
    exitCode: 3,
    signal: null,
  });
});
