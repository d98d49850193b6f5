import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from './say.mjs';

const STALE_MS = 86_400_000;
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** The host cannot do it, which is a skip and no failure. */
export class UnsuitableHost extends Error {}

export function cacheDirectory() {
  const { WARDER_VM_CACHE, XDG_CACHE_HOME } = process.env;
  const directory = WARDER_VM_CACHE ?? join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'warder/test-vm');
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A directory for one run; those of callers that were killed go after a day. */
export function makeRunDirectory() {
  const cache = cacheDirectory();
  for (const name of readdirSync(cache).filter((entry) => entry.startsWith('run-'))) {
    const path = join(cache, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_MS) rmSync(path, { recursive: true, force: true });
  }
  return mkdtempSync(join(cache, 'run-'));
}

/** @param {string} name @returns {string | undefined} */
function findOnPath(name) {
  const directories = (process.env['PATH'] ?? '').split(':');
  return directories.map((directory) => join(directory, name)).find((path) => existsSync(path));
}

/**
 * By content, and by month: what a suite holds changes with every security update, and asking the mirror each time would
 * make the network a condition of a cached run.
 *
 * @param {readonly (string | Buffer)[]} parts
 */
function keyOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} guest */
function imageKey(guest) {
  const scripts = [
    'build-image.bash',
    'furnish-image.bash',
    'mirror.bash',
    'guest/warder-agent.service',
    'guest/start-agent',
  ];
  const nsjail = findOnPath('nsjail');
  const files = [...scripts.map((name) => join(HERE, name)), process.execPath, ...(nsjail ? [nsjail] : [])];
  return keyOf([guest, new Date().toISOString().slice(0, 7), ...files.map((file) => readFileSync(file))]);
}

/**
 * Makes `path` by running `argv` with it as last argument, unless it is there; then drops older ones with the same
 * prefix. A lock keeps two runs from making it at the same time. A machine that still runs from an older one keeps its
 * open file.
 *
 * @param {string} prefix @param {string} key @param {readonly string[]} argv
 */
function ensure(prefix, key, argv) {
  const cache = cacheDirectory();
  const path = join(cache, `${prefix}-${key}`);
  if (existsSync(path)) return path;
  say(`making ${path}, which takes some seconds for modules and a minute for an image`);
  const script = 'test -e "$0" || exec "$@" "$0"';
  const lock = join(cache, `${prefix}.lock`);
  const { status, signal, error } = spawnSync('flock', [lock, 'bash', '-c', script, path, ...argv], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${argv[0]} ended with ${status ?? error?.message ?? signal}`);
  for (const name of readdirSync(cache)) {
    const isOlder = name.startsWith(`${prefix}-`) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length + 1));
    if (isOlder && name !== `${prefix}-${key}`) rmSync(join(cache, name), { recursive: true, force: true });
  }
  return path;
}

/** The files of an image belong to many users, so that making it takes root, or ids to be them with. */
function requireOwners() {
  if (process.geteuid?.() === 0) return;
  const argv = ['--user', '--map-root-user', '--map-auto', 'true'];
  const { status, stderr } = spawnSync('unshare', argv, { encoding: 'utf8' });
  if (status === 0) return;
  const ids = '--add-subuids 200000-265535 --add-subgids 200000-265535';
  throw new UnsuitableHost(
    `making the image takes root, or user namespaces with ids of your own (${stderr.trim()}); as root either ` +
      `apt-get install uidmap && usermod ${ids} ${userInfo().username}, or ` +
      `WARDER_VM_CACHE=${cacheDirectory()} scripts/test-vm --run true`,
  );
}

/** The directory with root.img and vmlinuz of a guest; takes most of a minute when it has to be made. @param {string} guest */
export function ensureImage(guest, rebuild = false) {
  const key = imageKey(guest);
  const path = join(cacheDirectory(), `${guest}-${key}`);
  if (rebuild) rmSync(path, { recursive: true, force: true });
  if (!existsSync(path)) requireOwners();
  return ensure(guest, key, [join(HERE, 'build-image.bash'), guest]);
}

/** The file system with node_modules. @param {string} root */
export function ensureModules(root) {
  const lock = readFileSync(join(root, 'node_modules/.package-lock.json'));
  const script = join(HERE, 'build-modules.bash');
  return ensure('modules', keyOf([lock, readFileSync(script)]), [script, join(root, 'node_modules')]);
}
