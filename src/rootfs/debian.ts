import { createReadStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WarderError } from '#error/warder-error.ts';
import { buildFailed } from './errors.ts';
import { runTool } from './run-tool.ts';
import { Unpacker } from './unpack.ts';

export interface DebianInput {
  readonly name: string;
  readonly suite: string;
  readonly include: readonly string[];
  /** null for the mirror and the keys that the host's own apt has, if it is a Debian. */
  readonly mirror: string | null;
  readonly uid: number;
  readonly directory: string;
  readonly mtime: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly onLine: (line: string) => void;
}

/** mmdebstrap(1) takes options anywhere in its line, some of which run commands, and files of sources; neither is a mirror. */
const MIRROR = /^(?:[a-z][a-z0-9+]*:\/[^\s]*|deb(?:-src)? [^\n\r]+)$/;

/** Seconds until apt gives up on a mirror that does not answer, and how often it tries. */
const APT_TIMEOUT_S = 20;

/**
 * Unpacks packages with everything that they depend on, and runs none of their scripts: `--variant=extract`. The result is
 * a directory to take files from. mmdebstrap(1) checks signatures with the keys of the host's apt.
 * @throws WarderError HOST_ROOTFS_BUILD_FAILED
 */
export async function extractDebian(input: DebianInput): Promise<string> {
  const { directory, name, mirror } = input;
  if (mirror !== null && !MIRROR.test(mirror)) {
    const hint = `warder rootfs build ${name} --mirror http://deb.debian.org/debian`;
    throw buildFailed(name, 'download', 'the mirror is neither a URL nor an apt sources line', { hint });
  }
  const archive = join(directory, 'debian.tar');
  const temporary = join(directory, 'tmp');
  // mmdebstrap's download runs as the user _apt, who has to get through.
  await mkdir(temporary, { mode: 0o755 });
  const result = await runTool('mmdebstrap', debianArgs(input, archive), {
    timeoutMs: input.timeoutMs,
    signal: input.signal,
    env: { SOURCE_DATE_EPOCH: String(input.mtime), TMPDIR: temporary },
    onLine: input.onLine,
  });
  if (result.errno === 'ENOENT') throw mmdebstrapMissing(name);
  if (input.signal?.aborted) throw buildFailed(name, 'download', 'interrupted');
  if (result.exitCode !== 0) throw downloadFailed(input, result);
  const root = join(directory, 'debian');
  const spool = join(directory, 'spool');
  await Promise.all([mkdir(root), mkdir(spool)]);
  const unpacker = new Unpacker(spool);
  unpacker.mergeUsr();
  // It holds the device nodes of /dev, which no tree gets.
  await unpacker.add(createReadStream(archive), { layer: false, specials: 'skip' });
  await unpacker.place(root);
  await makeExecutable(root, unpacker.modes());
  return root;
}

/** The archive's permissions, which decide what is a program; everything else is the hardening's. */
export async function makeExecutable(root: string, modes: ReadonlyMap<string, number>): Promise<void> {
  for (const [path, mode] of modes) await chmod(join(root, path), (mode & 0o111) === 0 ? 0o644 : 0o755);
}

function debianArgs(input: DebianInput, archive: string): string[] {
  const { suite, include, mirror, uid } = input;
  return [
    '--variant=extract',
    // No script of a package is run, so nobody needs a root directory of their own: that asks for no sub-uids.
    `--mode=${uid === 0 ? 'root' : 'chrootless'}`,
    '--format=tar',
    `--include=${include.join(',')}`,
    `--aptopt=Acquire::http::Timeout "${APT_TIMEOUT_S}"`,
    `--aptopt=Acquire::https::Timeout "${APT_TIMEOUT_S}"`,
    '--aptopt=Acquire::Retries "1"',
    suite,
    archive,
    ...(mirror === null ? [] : [mirror]),
  ];
}

function mmdebstrapMissing(name: string): WarderError {
  const why = 'mmdebstrap is not installed';
  return buildFailed(name, 'download', why, {
    hint: 'apt-get install mmdebstrap; or install the language itself and build from the files of this host: --builder closure',
  });
}

function downloadFailed(
  { name, mirror, timeoutMs }: DebianInput,
  result: Awaited<ReturnType<typeof runTool>>,
): WarderError {
  const lines = result.stderr
    .split('\n')
    .filter((line) => /^(?:E:|Err:|W: Failed|\s+(?:Could|Unable|Connection|Temporary))/.test(line));
  const said = [...new Set(lines.map((line) => line.trim()))].slice(0, 4).join('; ');
  const why = result.timedOut
    ? `no end after ${Math.round(timeoutMs / 1000)} s`
    : (result.errno ?? (said || `mmdebstrap ended with ${result.exitCode ?? 'a signal'}`));
  return buildFailed(name, 'download', why, {
    hint: `Look whether ${mirror ?? "the mirror of the host's apt"} answers, or name another one: warder rootfs build ${name} --mirror URL`,
  });
}
