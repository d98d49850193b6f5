/** `warder doctor` on this host: what it says is what `warder run` does. */
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doctorReportSchema } from '#cli/doctor-schema.ts';
import { makeScratch } from '#doctor/scratch.ts';
import { tryBubblewrap } from '#doctor/try-bubblewrap.ts';
import type { ErrorCode } from '#index.ts';
import type { CheckResult, DoctorReport } from '#internal.ts';
import { openNative } from '#launch/native.ts';
import { built, type CliOptions, cli } from '../helpers/cli.ts';
import { makePublicCopy } from '../helpers/public-copy.ts';
import { sandboxed } from '../helpers/sandbox.ts';

interface Answer {
  readonly code: number | null;
  readonly report: DoctorReport;
}

async function doctor(args: readonly string[] = [], options: CliOptions = {}): Promise<Answer> {
  const { code, stdout, stderr } = await cli(['doctor', '--json', ...args], options);
  expect(stderr).toBe('');
  return { code, report: doctorReportSchema.parse(JSON.parse(stdout.toString())) };
}

/** The exit code of `warder run`, and the code of its error when it is refused. */
async function run(
  args: readonly string[] = [],
  options: CliOptions = {},
): Promise<{ readonly exit: number | null; readonly code: ErrorCode | undefined }> {
  const { code, stdout } = await cli(['cmd', '--json', ...args, '--', 'true'], options);
  const { error } = JSON.parse(stdout.toString()) as { error?: { code: ErrorCode } };
  return { exit: code, code: error?.code };
}

function find(report: DoctorReport, id: string): CheckResult {
  const found = report.checks.find((check) => check.id === id);
  if (found === undefined)
    throw new Error(`no ${id} among ${report.checks.map((check) => check.id).join(' ')}`);
  return found;
}

function failures({ checks }: DoctorReport): readonly string[] {
  return checks.filter(({ state }) => state === 'failed').map(({ id, found }) => `${id}: ${found}`);
}

const scratchDirectories = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('warder-doctor-'));

built('warder doctor', () => {
  sandboxed('where runs work', () => {
    test('is ready, as warder run says too, and proves it by runs', async () => {
      const { code, report } = await doctor();
      expect(failures(report)).toEqual([]);
      expect([code, report.ready, (await run()).exit]).toEqual([0, true, 0]);
      const proof = report.checks.filter(({ group, ms }) => group === 'runs' && ms !== null);
      expect(proof.length).toBeGreaterThan(1);
      expect(proof.every(({ state, ms }) => state === 'ok' && (ms ?? 0) > 0)).toBe(true);
      expect(report.engine.used).toBe('bubblewrap');
    });

    test('leaves nothing in the temporary directory', async () => {
      const before = scratchDirectories();
      await doctor();
      expect(scratchDirectories().filter((name) => !before.includes(name))).toEqual([]);
    });

    test('people get the same by group, with nothing on stderr', async () => {
      const { code, stdout, stderr } = await cli(['doctor']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.toString()).toMatch(/^installation\n {2}ok {4}Node\.js/);
      expect(stdout.toString()).toMatch(
        /\nready: runs under the policy strict work here, with bubblewrap \(.*\)\n$/,
      );
    });

    test('a policy that this host cannot keep: not ready, for the reason of warder run', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'warder-policy-'));
      const file = join(directory, 'elsewhere.yaml');
      writeFileSync(
        file,
        'version: 1\nname: elsewhere\nextends: [strict]\nfilesystem: { rootfs: never-built }\n',
      );
      const args = ['--policy', file, '--engine', 'bubblewrap'];
      const [{ code, report }, refused] = [await doctor(args), await run(args)];
      rmSync(directory, { recursive: true });
      expect([code, report.ready]).toEqual([69, false]);
      expect(refused).toEqual({ exit: 69, code: 'HOST_ROOTFS_MISSING' });
      expect(find(report, 'policy.controls')).toMatchObject({ state: 'failed', code: refused.code });
      expect(find(report, 'runs.bubblewrap.command')).toMatchObject({ state: 'failed', code: refused.code });
    });

    test('a policy that does not exist is a wrong request, not a broken host', async () => {
      const { code, stdout } = await cli(['doctor', '--json', '--policy', 'nosuch']);
      expect(code).toBe(64);
      expect(JSON.parse(stdout.toString())).toMatchObject({ ok: false, error: { code: 'POLICY_NOT_FOUND' } });
    });

    describe('a launcher', () => {
      let directory: string;
      beforeAll(() => {
        directory = mkdtempSync(join(tmpdir(), 'warder-launcher-'));
        chmodSync(directory, 0o755);
      });
      afterAll(() => rmSync(directory, { recursive: true }));

      function install(name: string, text: string): NodeJS.ProcessEnv {
        const path = join(directory, name);
        writeFileSync(path, text);
        chmodSync(path, 0o755);
        return { WARDER_BWRAP: path };
      }

      test('that is named and not there: the variable, and the code of warder run', async () => {
        const env = { WARDER_BWRAP: '/nonexistent/bwrap' };
        const [{ code, report }, refused] = [await doctor([], { env }), await run([], { env })];
        expect(code).toBe(69);
        expect(find(report, 'bubblewrap.found')).toMatchObject({
          state: 'failed',
          code: refused.code,
          fix: { script: 'unset WARDER_BWRAP' },
        });
      });

      test('that lacks options is of no use, and these are named', async () => {
        const env = install('old', '#!/bin/sh\necho "    --args FD"\n');
        const [{ code, report }, refused] = [await doctor([], { env }), await run([], { env })];
        expect(code).toBe(69);
        expect(find(report, 'bubblewrap.options').found).toMatch(/--disable-userns/);
        expect(find(report, 'bubblewrap.options').code).toBe(refused.code);
      });

      test('that prints an error and hangs: both are said, within a minute', async () => {
        const help = 'case $1 in --help) exec /usr/bin/bwrap --help;; --version) echo 0.0.1; exit;; esac';
        const hang = 'echo "bwrap: capset failed: Operation not permitted" >&2; exec sleep 60';
        const env = install('hanging', `#!/bin/sh\n${help}\n${hang}\n`);
        const started = performance.now();
        const [{ code, report }, refused] = [await doctor([], { env }), await run([], { env })];
        expect(code).toBe(69);
        expect(performance.now() - started).toBeLessThan(50_000);
        const { state, found, code: trialCode } = find(report, 'bubblewrap.sandbox');
        expect([state, trialCode]).toEqual(['failed', 'ENGINE_SETUP_TIMEOUT']);
        expect(found).toMatch(/it hangs after: bwrap: capset failed/);
        expect(find(report, 'runs.bubblewrap.command').code).toBe(refused.code);
      });

      test('that ignores two of its options is not trusted, although runs start', async () => {
        // The doctor's trial hands its options over in descriptor 4, runs in another one.
        const env = install(
          'careless',
          `#!/bin/bash
if [[ $1 != --args || $2 != 4 ]]; then exec /usr/bin/bwrap "$@"; fi
mapfile -d '' words <&4
options=()
for ((i = 0; i < \${#words[@]}; i++)); do
  case "\${words[i]} \${words[i+1]}" in
    --disable-userns\\ *) ;;
    '--remount-ro /proc') ((i++)) ;;
    *) options+=("\${words[i]}") ;;
  esac
done
exec /usr/bin/bwrap "\${options[@]}" "\${@:3}"
`,
        );
        const [{ code, report }, accepted] = [await doctor([], { env }), await run([], { env })];
        expect([code, accepted.exit]).toEqual([69, 0]);
        expect(failures(report)).toEqual([
          'bubblewrap.readOnlyProc: a file of /proc could be opened for writing',
          'bubblewrap.nestedNamespaces: one could be made',
        ]);
      });
    });
  });

  sandboxed('the probe of planted links (CVE-2026-87766)', () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'warder-planted-'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    /** What the doctor's probe answers about a launcher, as this user. */
    async function probed(path: string): Promise<string | undefined> {
      const [native, scratch] = await Promise.all([openNative(), makeScratch(null)]);
      try {
        const place = { path, scratch, ids: null, nativeFd: native.handle.fd };
        return (await tryBubblewrap(place)).trials['plantedLink']?.answer;
      } finally {
        await scratch.remove();
        await native.handle.close();
      }
    }

    /** The attack itself: whether set-up below a writable bind comes out on the host. */
    function isFollowed(): boolean {
      const [bound, target] = [join(directory, 'bound'), join(directory, 'target')];
      for (const path of [bound, target]) mkdirSync(path);
      symlinkSync(`/oldroot${target}`, join(bound, 'link'));
      const mounts = ['--ro-bind', '/', '/', '--tmpfs', '/mnt', '--bind', bound, '/mnt'];
      spawnSync('/usr/bin/bwrap', [...mounts, '--dir', '/mnt/link/planted', '--', 'true']);
      return existsSync(join(target, 'planted'));
    }

    function wrapper(name: string, body: string): string {
      const path = join(directory, name);
      writeFileSync(path, `#!/bin/bash\n${body}\n`, { mode: 0o755 });
      return path;
    }

    test('finds what the attack finds', async () => {
      expect(await probed('/usr/bin/bwrap')).toBe(isFollowed() ? 'yes' : 'no');
    });

    test('a launcher that goes through the link has it, whatever its version', async () => {
      // The last --dir, made where the link leads on the host.
      const body = `words=("$@");
for ((i = 0; i < $#; i++)); do
  [[ \${words[i]} == --bind ]] && bound=\${words[i+1]}
  [[ \${words[i]} == /bound/link/planted ]] && target=$(readlink "$bound/link") && mkdir "\${target#/oldroot}/planted"
done
exit 1`;
      expect(await probed(wrapper('follows', body))).toBe('yes');
    });

    test('one that refuses it does not', async () => {
      const body = `words=()
for word in "$@"; do [[ $word == /bound/link/planted ]] && word=/bound/other; words+=("$word"); done
exec /usr/bin/bwrap "\${words[@]}"`;
      expect(await probed(wrapper('refuses', body))).toBe('no');
    });

    test('one that does not come so far, or is ended before, tells nothing', async () => {
      expect(await probed(wrapper('fails', 'exit 1'))).toBe('unclear');
      const killed = `words=(); for word in "$@"; do [[ $word == /bound/link/planted ]] && word=/bound/other; words+=("$word"); done
/usr/bin/bwrap "\${words[@]}"; kill -KILL $$`;
      expect(await probed(wrapper('killed', killed))).toBe('unclear');
    });
  });

  sandboxed('as an ordinary user without delegation', () => {
    const UID = 61_001;
    let copy: ReturnType<typeof makePublicCopy>;
    beforeAll(() => {
      copy = makePublicCopy();
    });
    afterAll(() => {
      copy.remove();
      rmSync(`/tmp/warder-${UID}`, { recursive: true, force: true });
    });

    function asUser(args: readonly string[]): Promise<{ code: number; json: unknown }> {
      const options = { uid: UID, gid: UID, cwd: '/', env: { PATH: process.env['PATH'] } };
      const main = `${copy.path}/dist/cli/main.js`;
      return new Promise((resolve) => {
        execFile(process.execPath, [main, ...args], options, (error, stdout) => {
          resolve({ code: Number(error?.code ?? 0), json: JSON.parse(stdout) });
        });
      });
    }

    test('each control that nobody can hold has failed, with a repair, and warder run refuses for it', async () => {
      const { code, json } = await asUser(['doctor', '--json']);
      const report = doctorReportSchema.parse(json);
      expect([code, report.ready, report.host.uid]).toEqual([69, false, UID]);
      for (const control of ['memory', 'pids', 'cpu', 'cpuTime']) {
        const check = find(report, `cgroups.${control}`);
        expect(check).toMatchObject({ state: 'failed', code: 'HOST_CONTROL_UNENFORCEABLE' });
        expect(check.fix?.script).toMatch(/\S/);
      }
      const refused = await asUser(['cmd', '--json', '--', 'true']);
      expect(refused).toMatchObject({ code: 69, json: { error: { code: 'HOST_CONTROL_UNENFORCEABLE' } } });
      expect(find(report, 'policy.controls').code).toBe('HOST_CONTROL_UNENFORCEABLE');
    });

    test('is ready for a policy that lets them be', async () => {
      const policy = `${copy.path}/test/fixtures/policies/no-cgroup.yaml`;
      const { code, json } = await asUser(['doctor', '--json', '--policy', policy]);
      const report = doctorReportSchema.parse(json);
      expect(failures(report)).toEqual([]);
      expect(code).toBe(0);
      expect(find(report, 'cgroups.memory').state).toBe('warning');
      expect(find(report, 'bubblewrap.sandbox').state).toBe('ok');
    });
  });
});
