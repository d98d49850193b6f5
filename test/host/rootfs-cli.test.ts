/** `warder rootfs` as a process: killed, twice at once, with a mirror that does not answer. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { built, cli, MAIN } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { makePublicCopy } from '../helpers/public-copy.ts';
import { eventually, sandboxed } from '../helpers/sandbox.ts';

let store: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'warder-store-'));
  chmodSync(store, 0o755);
  env = { ...process.env, WARDER_ROOTFS_STORE: store };
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

const rootfs = (...args: string[]) => cli(['rootfs', ...args], { env });

async function stateOf(name: string): Promise<string | undefined> {
  const { stdout } = await rootfs('list', '--json');
  const trees = JSON.parse(stdout.toString()) as { name: string; state: string }[];
  return trees.find((tree) => tree.name === name)?.state;
}

/** Starts a build of python, whose bytecode takes seconds, and ends it in the middle. */
async function interrupt(
  signal: NodeJS.Signals,
): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [MAIN, 'rootfs', 'build', 'python', '--builder', 'closure'], {
    env,
    stdio: 'ignore',
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, by) => resolve({ code, signal: by }));
  });
  expect(await eventually(() => existsSync(join(store, 'building/python/work')), 30_000)).toBe(true);
  child.kill(signal);
  return ended;
}

const buildsRunning = () => readdirSync(join(store, 'building')).filter((name) => !name.endsWith('.lock'));

sandboxed('building', () => {
  built('from the command line', () => {
    test('killed in the middle leaves nothing that is used, and the next build cleans up', async () => {
      expect(await interrupt('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      expect(buildsRunning()).toEqual(['python']);
      expect(await stateOf('python')).toBe('not built');
      const run = await cli(['run', '--policy', 'production', '--lang', 'python', '-e', 'print(1)'], { env });
      expect([run.code, run.stderr]).toEqual([69, expect.stringContaining('warder rootfs build')]);
      const next = await rootfs('build', 'python', '--builder', 'closure', '--quiet');
      expect([next.code, next.stderr]).toEqual([0, '']);
      expect(buildsRunning()).toEqual([]);
      expect((await rootfs('verify', 'python')).code).toBe(0);
    });

    test('interrupted by the terminal cleans up by itself and ends by the signal', async () => {
      expect(await interrupt('SIGINT')).toEqual({ code: null, signal: 'SIGINT' });
      expect(buildsRunning()).toEqual([]);
      expect(await stateOf('python')).toBe('not built');
    });

    test('twice at once: one builds, the other one says who is in the way', async () => {
      const both = await Promise.all(
        [0, 1].map(() => rootfs('build', 'python', '--builder', 'closure', '--json')),
      );
      expect(both.map(({ code }) => code).sort()).toEqual([0, 69]);
      const refused = both.find(({ code }) => code === 69)?.stdout.toString() ?? '';
      expect(JSON.parse(refused)).toMatchObject({
        ok: false,
        results: [{ ok: false, name: 'python', error: { code: 'HOST_ROOTFS_BUSY' } }],
      });
      expect(await stateOf('python')).toBe('built');
    });

    test('an unknown name is refused with what was meant; the other names are built', async () => {
      const { code, stdout, stderr } = await rootfs('build', 'pyton', 'bash', '--builder', 'closure');
      expect(code).toBe(69);
      expect(stderr).toContain('HOST_ROOTFS_MANIFEST');
      expect(stderr).toContain('Did you mean python?');
      expect(stdout.toString()).toMatch(/^bash: [\d.]+ MB, \d+ files, [\d.]+ s, sha256 [0-9a-f]{64}\n$/);
      expect(stderr).toContain('bash: looking for what it needs');
    });
  });

  gate(
    'mmdebstrap',
    existsSync('/usr/bin/mmdebstrap'),
    'mmdebstrap is not installed',
  )('from a mirror', () => {
    built('that does not answer', () => {
      async function failure(port: number, timeout: string): Promise<string> {
        const mirror = `http://127.0.0.1:${port}/debian`;
        const args = ['--builder', 'debian', '--mirror', mirror, '--download-timeout', timeout, '--quiet'];
        const { code, stderr } = await rootfs('build', 'bash', ...args);
        expect(code).toBe(69);
        expect(stderr).toContain('HOST_ROOTFS_BUILD_FAILED: building bash failed at download');
        expect(stderr).toContain('--mirror URL');
        expect(buildsRunning()).toEqual([]);
        return stderr;
      }

      test('refuses the connection', async () => {
        const stderr = await failure(9, '60');
        expect(stderr).toMatch(/[Cc]onnection refused|Failed to fetch|could not/i);
      });

      test('takes the connection and says nothing', async () => {
        const server = createServer(() => {});
        await new Promise<void>((resolve) => {
          server.listen(0, '127.0.0.1', resolve);
        });
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        expect(await failure(port, '4')).toContain('no end after 4 s');
        server.close();
      });
    });
  });

  built('as an ordinary user', () => {
    test('gives the very tree that root gets, and it runs', async () => {
      const uid = 61_000;
      const copy = makePublicCopy();
      chownSync(store, uid, uid);
      const userEnv = { PATH: process.env['PATH'], HOME: store };
      const asUser = (...args: string[]) =>
        execFileSync(process.execPath, [join(copy.path, 'dist/cli/main.js'), ...args], {
          ...{ uid, gid: uid, cwd: '/', encoding: 'utf8', env: userEnv },
        });
      try {
        asUser('rootfs', 'build', 'bash', '--builder', 'closure', '--quiet');
        const mine = JSON.parse(asUser('rootfs', 'verify', 'bash', '--json'));
        env = { ...process.env, WARDER_ROOTFS_STORE: join(store, 'of-root') };
        expect((await rootfs('build', 'bash', '--builder', 'closure', '--quiet')).code).toBe(0);
        const roots = JSON.parse((await rootfs('verify', 'bash', '--json')).stdout.toString());
        expect(mine).toEqual(roots);
        const policy = join(copy.path, 'test/fixtures/policies/no-cgroup.yaml');
        const code = 'chmod u+w /usr/bin/cat || echo kept';
        expect(asUser('run', '--policy', policy, '--lang', 'bash', '-e', code)).toBe('kept\n');
      } finally {
        copy.remove();
        rmSync(`/tmp/warder-${uid}`, { recursive: true, force: true });
      }
    });
  });
});
