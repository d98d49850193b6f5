/**
 * The suite must do no harm where the sandbox fails: here there is none at all. Every attack that is not destructive runs as root
 * in a throw-away host (test/fixtures/no-sandbox.sh), whose files, mounts, sysctls, IPC objects, interfaces and processes are
 * compared with before.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { MAIN } from '../helpers/cli.ts';
import { gate } from '../helpers/gate.ts';
import { SLOWNESS } from '../helpers/slowness.ts';

const TIMEOUT_MS = 180_000 * SLOWNESS;
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/no-sandbox.${name}`, import.meta.url));
const NAMESPACES = ['--mount', '--pid', '--fork', '--mount-proc', '--ipc', '--net', '--uts', '--cgroup'];

interface Told {
  readonly probes: number;
  readonly runs: number;
  /** Attacks that threw. */
  readonly failed: readonly string[];
  /** What of the kernel's state differs: before and after. */
  readonly changed: Readonly<Record<string, readonly [string | null, string | null]>>;
  /** Files that differ, as `MODE UID GID PATH`. */
  readonly files: readonly string[];
}

function inThrowAwayHost(what: 'attacks' | 'harm'): Told {
  const directory = mkdtempSync(join(tmpdir(), 'warder-no-sandbox-'));
  try {
    const command = [fixture('sh'), directory, process.execPath, fixture('mjs'), what];
    const { status, stdout, stderr } = spawnSync('unshare', [...NAMESPACES, '--', ...command], {
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [told = '', , ...files] = stdout.trim().split('\n');
    return { ...(JSON.parse(told) as Omit<Told, 'files'>), files };
  } finally {
    rmdirSync(directory);
  }
}

function missing(): string {
  if (process.geteuid?.() !== 0) return 'not root';
  if (!existsSync(MAIN)) return 'dist is not built';
  if (!/\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8')))
    return 'the kernel has no overlay file system';
  const probe = spawnSync('unshare', [...NAMESPACES, 'ip', 'link', 'add', 'out0', 'type', 'veth'], {
    encoding: 'utf8',
  });
  return probe.status === 0
    ? ''
    : `no namespaces with a network of their own: ${probe.stderr ?? 'unshare is missing'}`;
}

const throwAway = gate('throw-away-host', missing() === '', missing());

/** Where a name of the suite's own came and went; its modification time is all that is left. */
const PASSED_THROUGH = /^d\S+ 0 0 \/(?:tmp|var\/tmp|run)$/;

/** What no namespace keeps in: a namespace of the kernel's own does not exist for it. */
function shared(): Readonly<Record<string, string>> {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'latin1') : '');
  const modules = read('/proc/modules').replace(/^(\S+).*$/gm, '$1');
  return { modules, limits: read('/proc/1/limits'), cores: read('/proc/sys/kernel/core_pattern') };
}

throwAway('without a sandbox', () => {
  test('attacks leave everything as it was', { timeout: TIMEOUT_MS }, () => {
    const before = shared();
    const { probes, runs, failed, changed, files } = inThrowAwayHost('attacks');
    expect(probes).toBeGreaterThan(200);
    expect(runs).toBeGreaterThan(30);
    expect(failed).toEqual([]);
    expect(changed).toEqual({});
    expect(files.filter((line) => !PASSED_THROUGH.test(line))).toEqual([]);
    expect(shared()).toEqual(before);
  });

  test('this comparison sees one change of each kind', { timeout: TIMEOUT_MS }, () => {
    const { changed, files } = inThrowAwayHost('harm');
    const kinds = ['System V msg', 'host name', 'self/mountinfo', 'sent', 'process 1', 'processes'];
    for (const kind of kinds) expect(Object.keys(changed)).toContain(kind);
    const paths = files.map((line) => line.split(' ').at(-1));
    for (const path of ['/etc', '/etc/harmed', '/usr', '/dev/shm/harmed']) expect(paths).toContain(path);
  });
});
