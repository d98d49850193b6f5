import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CacheOptions, CompileCache } from '#compile/cache.ts';
import type { CompiledEntry } from '#compile/entry.ts';
import { toStreamResult } from '#result/stream-result.ts';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const uid = process.geteuid?.() ?? -1;

function entryOf(bytes: number, path = '.compiled/main'): CompiledEntry {
  const usage = { wallMs: 1, cpuUserMs: 1, cpuSystemMs: 1, memoryPeakBytes: 1, pidsPeak: 1, sources: {} };
  const stdout = toStreamResult(Buffer.alloc(0), false);
  const stderr = toStreamResult(Buffer.from('a warning: ü\n'), false);
  const content = Buffer.alloc(bytes, 'x');
  return {
    phase: { name: 'compile', outcome: { kind: 'exited', exitCode: 0 }, usage, stdout, stderr },
    files: [
      { path, mode: 0o755, content },
      { path: `${path}.2`, mode: 0o644, content: Buffer.from([0, 10, 255]) },
    ],
  };
}

let root: string;
let directory: string;
let problems: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'warder-cache-'));
  directory = join(root, 'deep/compile');
  problems = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (options: Partial<CacheOptions> = {}) =>
  new CompileCache({
    directory,
    uid,
    onProblem: (what, why) => problems.push(`${what}: ${why}`),
    ...options,
  });

describe('an entry', () => {
  test('comes back as it was put, from another instance too, and is nobody else’s to read', async () => {
    const entry = entryOf(1000);
    await open().put(KEY, entry);
    expect(await open().get(KEY)).toEqual(entry);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, KEY)).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual([KEY]);
    expect(problems).toEqual([]);
  });

  test('that nobody put is none', async () => {
    expect(await open().get(KEY)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  test('is put again over itself, by many at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => open().put(KEY, entryOf(5000))));
    expect(await open().get(KEY)).toEqual(entryOf(5000));
    expect(readdirSync(directory)).toEqual([KEY]);
  });

  test('of which any byte was changed is dropped', async () => {
    await open().put(KEY, entryOf(20));
    const path = join(directory, KEY);
    const whole = readFileSync(path);
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(path, changed, { mode: 0o600 });
      expect(await open().get(KEY)).toBeUndefined();
      expect(existsSync(path)).toBe(false);
    }
    expect(problems).toHaveLength(whole.length);
  });

  test.each([0, 1, 40, 100])('cut to %d bytes is dropped', async (bytes) => {
    await open().put(KEY, entryOf(20));
    truncateSync(join(directory, KEY), bytes);
    expect(await open().get(KEY)).toBeUndefined();
    expect(existsSync(join(directory, KEY))).toBe(false);
  });

  test('moved to the name of another is dropped', async () => {
    await open().put(KEY, entryOf(20));
    renameSync(join(directory, KEY), join(directory, OTHER));
    expect(await open().get(OTHER)).toBeUndefined();
  });

  test('that is a link, a FIFO or a directory is not read', async () => {
    await open().put(KEY, entryOf(20));
    const path = join(directory, OTHER);
    symlinkSync(join(directory, KEY), path);
    expect(await open().get(OTHER)).toBeUndefined();
    rmSync(path);
    execFileSync('mkfifo', [path]);
    expect(await open().get(OTHER)).toBeUndefined();
    rmSync(path, { force: true });
    mkdirSync(path);
    expect(await open().get(OTHER)).toBeUndefined();
  });

  test('that is too large is not kept', async () => {
    await open({ maxBytes: 1000 }).put(KEY, entryOf(2000));
    expect(existsSync(join(directory, KEY))).toBe(false);
  });
});

describe('a directory', () => {
  test('that others may write or read is not used', async () => {
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o755);
    const cache = open();
    await cache.put(KEY, entryOf(1));
    expect(await cache.get(KEY)).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
    expect(problems).toEqual([
      `the compile cache is not used: ${directory} is not a directory of mode 0700 that is ours`,
    ]);
  });

  test('of somebody else is not used', async () => {
    await open().put(KEY, entryOf(1));
    const cache = open({ uid: uid + 1 });
    expect(await cache.get(KEY)).toBeUndefined();
    expect(await cache.trim()).toEqual({ entries: 0, bytes: 0 });
    expect(existsSync(join(directory, KEY))).toBe(true);
  });

  test('that is a link is not used', async () => {
    mkdirSync(join(root, 'deep'));
    mkdirSync(join(root, 'elsewhere'), { mode: 0o700 });
    symlinkSync(join(root, 'elsewhere'), directory);
    await open().put(KEY, entryOf(1));
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  });

  test('that was removed meanwhile is made again', async () => {
    const cache = open();
    await cache.put(KEY, entryOf(1));
    rmSync(directory, { recursive: true });
    await cache.put(KEY, entryOf(1));
    await cache.put(KEY, entryOf(1));
    expect(await cache.get(KEY)).toEqual(entryOf(1));
  });

  test('that cannot be made is told, and no run fails of it', async () => {
    writeFileSync(join(root, 'deep'), '');
    const cache = open();
    await cache.put(KEY, entryOf(1));
    expect(await cache.get(KEY)).toBeUndefined();
    expect(problems).toEqual([expect.stringMatching(/^the compile cache is not used: E(?:NOTDIR|EXIST)/)]);
  });
});

describe('trimming', () => {
  const names = ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(64));
  const age = (name: string, seconds: number) => {
    const then = new Date(Date.now() - seconds * 1000);
    utimesSync(join(directory, name), then, then);
  };

  test('removes what was of use longest ago, and what was read stays', async () => {
    const cache = open();
    for (const name of names) await cache.put(name, entryOf(10_000));
    for (const [index, name] of names.entries()) age(name, 1000 - index);
    // The oldest, but of use just now.
    await cache.get(names[0] ?? '');
    const size = statSync(join(directory, names[0] ?? '')).size;
    const trimmed = await open({ maxBytes: size * 4 + 10 }).trim();
    expect(trimmed).toEqual({ entries: 2, bytes: size * 2 });
    expect(readdirSync(directory).sort()).toEqual([names[0], names[3], names[4]]);
  });

  test('happens with every entry that is put', async () => {
    const cache = open({ maxBytes: 30_000 });
    for (const name of names) await cache.put(name, entryOf(10_000));
    const kept = readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
    expect(kept).toBeLessThanOrEqual(30_000);
    expect(await cache.get(names[4] ?? '')).toEqual(entryOf(10_000));
  });

  test('removes drafts without a writer, and leaves young ones and files of others alone', async () => {
    const cache = open();
    await cache.put(KEY, entryOf(1));
    const drafts = [`.${KEY}.0123`, `.${OTHER}.4567`];
    for (const name of [...drafts, 'notes.txt']) writeFileSync(join(directory, name), 'x');
    age(drafts[0] ?? '', 3601);
    age('notes.txt', 999_999);
    expect(await open().trim()).toEqual({ entries: 1, bytes: 1 });
    expect(readdirSync(directory).sort()).toEqual([drafts[1], KEY, 'notes.txt'].sort());
  });
});
