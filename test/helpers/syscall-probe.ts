/** The static C program of test/fixtures/syscall-probe.c: built once per test file, run by hand or in a supervised run. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SyscallData } from '#seccomp/ir.ts';
import { AUDIT_ARCH } from '#seccomp/syscalls.ts';

const SOURCE = new URL('../fixtures/syscall-probe.c', import.meta.url).pathname;
/** A uid and gid that nobody on the host has, also outside the range that runs lease theirs from. */
const NOBODY = 1_900_009_999;
export const AUDIT_ARCH_I386 = 0x40000003;

export interface Probe {
  readonly directory: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What could not be built; empty when it was. */
  readonly problem: string;
}

/** Compiles the probe into a directory of its own, which `removeProbe` deletes. */
export function buildProbe(): Probe {
  const directory = mkdtempSync(join(tmpdir(), 'warder-probe-'));
  chmodSync(directory, 0o755);
  const path = join(directory, 'syscall-probe');
  try {
    const flags = ['-std=gnu11', '-Wall', '-Wextra', '-Werror', '-O1', '-static'];
    execFileSync('cc', [...flags, '-o', path, SOURCE], { stdio: 'pipe' });
    return { directory, path, bytes: readFileSync(path), problem: '' };
  } catch (error) {
    return { directory, path, bytes: new Uint8Array(), problem: `cc -static failed: ${String(error)}` };
  }
}

export function removeProbe({ directory }: Probe): void {
  rmSync(directory, { recursive: true, force: true });
}

/** A call as the probe reads it. */
export function probeRow({ auditArch, nr, args }: SyscallData): string {
  if (auditArch !== AUDIT_ARCH.x86_64 && auditArch !== AUDIT_ARCH_I386)
    throw new RangeError(`no program can call with arch ${auditArch}`);
  const abi = auditArch === AUDIT_ARCH_I386 ? 'i386/' : '';
  return `${abi}${nr}:${args.map((value) => `0x${value.toString(16)}`).join(',')}`;
}

/** Row → `ok`, `errno N`, `killed SIGNAL`, `exited CODE` or `blocked`. */
export function parseAnswers(output: string): ReadonlyMap<string, string> {
  const lines = output.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const space = line.indexOf(' ');
      return [line.slice(0, space), line.slice(space + 1)] as const;
    }),
  );
}

const JAIL = [
  '--unshare-all --unshare-user --disable-userns --cap-drop ALL --new-session --die-with-parent',
  '--uid 1000 --gid 1000 --proc /proc --dev /dev',
]
  .join(' ')
  .split(' ');

/**
 * What the kernel answers behind `filter`, or behind none, in a plain bubblewrap as a uid that owns nothing: calls that
 * no filter holds back meet a sandbox all the same.
 */
export async function probeByHand(
  { directory, path }: Probe,
  rows: readonly string[],
  filter?: Uint8Array,
): Promise<ReadonlyMap<string, string>> {
  const binds = ['--ro-bind', path, '/syscall-probe'];
  const program = ['/syscall-probe', '-t', '500'];
  if (filter) {
    const file = join(directory, 'filter.bpf');
    writeFileSync(file, filter, { mode: 0o644 });
    binds.push('--ro-bind', file, '/filter.bpf');
    program.push('-f', '/filter.bpf');
  }
  const { stdout, stderr, code } = await spawnJail(
    [...JAIL, ...binds, '--remount-ro', '/', '--', ...program],
    rows,
  );
  const answers = parseAnswers(stdout);
  const missing = rows.filter((row) => !answers.has(row));
  if (code !== 0 || missing.length > 0)
    throw new Error(`the probe ended with ${code} before row ${missing[0]}: ${stderr}`);
  return answers;
}

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

function spawnJail(argv: readonly string[], rows: readonly string[]): Promise<Ended> {
  const child = spawn('bwrap', argv, { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'pipe' });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
    child.stdin.end(rows.join('\n'));
  });
}
