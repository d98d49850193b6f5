/** A host that has no descriptors or processes left: the run is refused by name, the supervisor lives on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, MAIN } from '../helpers/cli.ts';
import { makePublicCopy } from '../helpers/public-copy.ts';
import { sandboxed } from '../helpers/sandbox.ts';

interface Attempt {
  readonly free?: number | null;
  readonly outcome: string;
  readonly leaked?: number;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PRLIMIT = '/usr/bin/prlimit';
const REFUSED = 'HOST_RESOURCE_EXHAUSTED';

/** Throws when the supervisor was ended, by an unheard `error` event for one. */
function attempts(command: string, args: readonly string[], options = {}): Attempt[] {
  const out = execFileSync(command, args, { encoding: 'utf8', ...options });
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Attempt);
}

sandboxed('descriptors', () => {
  test('with 0 to 15 free ones each run is refused or runs, and none is lost', () => {
    const fixture = `${ROOT}/test/fixtures/no-descriptors.mjs`;
    // In a child, so that the test runner keeps its own.
    const args = ['--nofile=400:400', process.execPath, fixture, `${ROOT}/dist/index.js`, '15'];
    const made = attempts(PRLIMIT, args);
    expect(made).toHaveLength(17);
    expect(made.filter(({ outcome }) => outcome !== REFUSED && outcome !== 'exited')).toEqual([]);
    expect(made[0]).toEqual({ free: 0, outcome: REFUSED, leaked: 0 });
    expect(made.at(-1)).toEqual({ free: null, outcome: 'exited', leaked: 0 });
    expect(made.filter(({ leaked }) => leaked !== 0)).toEqual([]);
  });

  test('runs side by side that share too few are refused by the same name', () => {
    const fixture = `${ROOT}/test/fixtures/no-descriptors.mjs`;
    const made = attempts(PRLIMIT, [
      '--nofile=250:250',
      process.execPath,
      fixture,
      `${ROOT}/dist/index.js`,
      'together',
    ]);
    const outcomes = new Set(made.map(({ outcome }) => outcome));
    expect([...outcomes].sort()).toEqual([REFUSED, 'exited']);
  });
});

/** More pipes than the proof of headroom counts with: as when other threads take what was free a moment ago. */
const TAKEN_MEANWHILE = `
import { closeSync, openSync } from 'node:fs';
import { spawnProcess } from '${ROOT}dist/launch/spawn.js';
const options = { stdio: Array(40).fill('pipe'), reject: false, buffer: false };
const held = [];
try { for (;;) held.push(openSync('/dev/null')); } catch {}
for (const fd of held.splice(0, 70)) closeSync(fd);
const failed = await spawnProcess('/bin/true', [], options).catch((error) => error);
for (const fd of held) closeSync(fd);
await new Promise((resolve) => { setTimeout(resolve, 50); });
console.log(JSON.stringify({ outcome: failed.code }));`;

built('a spawn', () => {
  test('that fails in spite of the proof is refused as well, and its error heard', () => {
    const args = ['--nofile=400:400', process.execPath, '--input-type=module', '-e', TAKEN_MEANWHILE];
    expect(attempts(PRLIMIT, args)).toEqual([{ outcome: REFUSED }]);
  });
});

built('the command line', () => {
  test.each([20, 24, 32, 48, 64, 96, 128, 160])(
    'with %i descriptors runs, or says in a line why not',
    (most) => {
      const limited = [`--nofile=${most}:${most}`, process.execPath, MAIN];
      for (const json of [[], ['--json']]) {
        const { status, stdout, stderr } = spawnSync(PRLIMIT, [...limited, 'cmd', ...json, '--', 'true'], {
          encoding: 'utf8',
        });
        if (status === 0) continue;
        const said =
          json.length > 0
            ? JSON.parse(stdout).error.code
            : /^warder: (\w+): .*\nhint: .*\n$/.exec(stderr)?.[1];
        expect([status, said]).toEqual([69, REFUSED]);
      }
    },
  );
});

const UID = 61_003;

sandboxed('processes', () => {
  let copy: ReturnType<typeof makePublicCopy>;
  beforeAll(() => {
    copy = makePublicCopy();
  });
  afterAll(() => {
    copy.remove();
    rmSync(`/tmp/warder-${UID}`, { recursive: true, force: true });
  });

  test('a user who may start none is refused each run, and runs when it may again', () => {
    const options = JSON.stringify({ policy: `${copy.path}/test/fixtures/policies/no-cgroup.yaml` });
    const script = `${copy.path}/test/fixtures/no-processes.mjs`;
    const ids = { uid: UID, gid: UID, cwd: '/', env: { PATH: process.env['PATH'] } };
    const made = attempts(process.execPath, [script, `${copy.path}/dist/index.js`, options], ids);
    const refused = Array.from({ length: 5 }, () => ({ outcome: REFUSED, leaked: 0 }));
    expect(made).toEqual([...refused, { outcome: 'exited' }]);
  });
});
