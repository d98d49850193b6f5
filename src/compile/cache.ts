/**
 * Compiled programs of earlier runs, by what they were made from. Nothing of it is ever visible in a sandbox; every entry
 * is checked when it is read. A cache that cannot be used costs time, never a run: what fails here is told and passed over.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#error/warder-error.ts';
import { type CompiledEntry, decodeEntry, encodeEntry } from './entry.ts';

/** All entries together. */
const CACHE_MAX_BYTES = 512 * 1024 ** 2;
/** One entry; a larger program is compiled every time. */
const ENTRY_MAX_BYTES = 64 * 1024 ** 2;
/** Trimming makes room for some more, so that it is not done for every entry. */
const TRIM_TO = 0.8;
/** An unfinished file of this age has no writer any more. */
const DRAFT_MAX_AGE_MS = 60 * 60 * 1000;
const KEY = /^[0-9a-f]{64}$/;
const DRAFT = /^\.[0-9a-f]{64}\.[0-9a-f]+$/;

export interface CacheOptions {
  readonly directory: string;
  readonly uid: number;
  readonly maxBytes?: number;
  /** Told what could not be done, with the reason. */
  readonly onProblem?: (what: string, why: string) => void;
}

export interface Trimmed {
  readonly entries: number;
  readonly bytes: number;
}

export class CompileCache {
  readonly #options: Required<CacheOptions>;
  #checked: Promise<boolean> | undefined;

  constructor(options: CacheOptions) {
    this.#options = { maxBytes: CACHE_MAX_BYTES, onProblem: () => {}, ...options };
  }

  /** A damaged entry is dropped, and so is one that belongs to somebody else. */
  async get(key: string): Promise<CompiledEntry | undefined> {
    if (!(await this.#usable())) return undefined;
    const path = this.#path(key);
    try {
      const bytes = await this.#read(path);
      const entry = bytes && decodeEntry(key, bytes);
      if (!entry) {
        this.#options.onProblem('an entry was dropped', `${path} is damaged`);
        await unlink(path);
        return undefined;
      }
      // Its time is when it was last of use: what trimming goes by.
      const now = new Date();
      await utimes(path, now, now);
      return entry;
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') this.#problem('an entry could not be read', error);
      return undefined;
    }
  }

  /** Built aside and moved into place: readers see the old entry, none, or the whole new one. */
  async put(key: string, entry: CompiledEntry): Promise<void> {
    const bytes = encodeEntry(key, entry);
    if (bytes.length > Math.min(ENTRY_MAX_BYTES, this.#options.maxBytes) || !(await this.#usable())) return;
    const draft = join(this.#options.directory, `.${key}.${randomBytes(8).toString('hex')}`);
    try {
      await writeFile(draft, bytes, { mode: 0o600, flag: 'wx' });
      await rename(draft, this.#path(key));
      await this.trim();
    } catch (error) {
      await unlink(draft).catch(() => {});
      this.#problem('an entry could not be written', error);
    }
  }

  /** Removes what was not of use for longest until the rest fits, and drafts of dead writers. */
  async trim(): Promise<Trimmed> {
    if (!(await this.#usable())) return { entries: 0, bytes: 0 };
    const files = await this.#list();
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    const { maxBytes } = this.#options;
    let excess = total > maxBytes ? total - maxBytes * TRIM_TO : 0;
    let removed = { entries: 0, bytes: 0 };
    for (const { name, bytes, age } of files.sort((a, b) => b.age - a.age)) {
      const dead = DRAFT.test(name) && age > DRAFT_MAX_AGE_MS;
      if (!dead && excess <= 0) continue;
      await unlink(join(this.#options.directory, name)).catch(() => {});
      excess -= bytes;
      removed = { entries: removed.entries + 1, bytes: removed.bytes + bytes };
    }
    return removed;
  }

  async #list() {
    const names = (await readdir(this.#options.directory)).filter(
      (name) => KEY.test(name) || DRAFT.test(name),
    );
    const files = await Promise.all(
      names.map(async (name) => {
        const found = await lstat(join(this.#options.directory, name)).catch(() => undefined);
        return found ? [{ name, bytes: found.size, age: Date.now() - found.mtimeMs }] : [];
      }),
    );
    return files.flat();
  }

  async #read(path: string): Promise<Buffer | undefined> {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size, uid, mode } = await file.stat();
      const regular = (mode & constants.S_IFMT) === constants.S_IFREG;
      if (!regular || uid !== this.#options.uid || size > ENTRY_MAX_BYTES) return undefined;
      return await file.readFile();
    } finally {
      await file.close();
    }
  }

  #path(key: string): string {
    return join(this.#options.directory, key);
  }

  #usable(): Promise<boolean> {
    this.#checked ??= this.#check();
    return this.#checked;
  }

  /** Whoever can write there decides what others run, so it must be ours alone. */
  async #check(): Promise<boolean> {
    const { directory, uid, onProblem } = this.#options;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const found = await lstat(directory);
      if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return true;
      onProblem('the compile cache is not used', `${directory} is not a directory of mode 0700 that is ours`);
    } catch (error) {
      this.#problem('the compile cache is not used', error);
    }
    return false;
  }

  #problem(what: string, error: unknown): void {
    // Somebody may have removed the directory meanwhile; the next one makes it anew, and looks at it again.
    if (errnoOf(error) === 'ENOENT') this.#checked = undefined;
    this.#options.onProblem(what, `${errnoOf(error)}: ${this.#options.directory}`);
  }
}
