/** What was found out about languages here, kept between processes in `languages.json` of this user's cache directory. */
import { join } from 'node:path';
import { readFindings, writeFindings } from '#host/kept-findings.ts';
import { cacheDirectory } from './compile-store.ts';
import type { LanguageCheck } from './language-check.ts';

/** Changes when the form of what is kept does. */
const FORMAT = 2;

export class LanguageFindings {
  readonly #path: string | null;
  readonly #uid: number;

  /** @param env a user without a home and without WARDER_CACHE keeps nothing */
  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#uid = process.geteuid?.() ?? -1;
    const directory = cacheDirectory(env, this.#uid);
    this.#path = directory === null ? null : join(directory, 'languages.json');
  }

  /** By language. Nothing of a file that is not ours alone. */
  async read(): Promise<ReadonlyMap<string, LanguageCheck>> {
    return this.#path === null ? new Map() : parse(await readFindings(this.#path, this.#uid));
  }

  /** In place of what was known of the language. */
  async put(check: LanguageCheck): Promise<void> {
    const known = new Map(await this.read());
    await this.write([...known.set(check.id, check).values()]);
  }

  /** Only what a first program said of its language: where none was started, the reason may be gone the next time. */
  async write(checks: readonly LanguageCheck[]): Promise<void> {
    if (this.#path === null) return;
    const tried = checks.filter(({ identity }) => identity !== null);
    await writeFindings(this.#path, this.#uid, { format: FORMAT, checks: tried });
  }
}

/** The file is ours (readFindings), so its form is what was written, or that of another version of warder. */
function parse(findings: unknown): ReadonlyMap<string, LanguageCheck> {
  const { format, checks } = (findings ?? {}) as { format?: unknown; checks?: readonly LanguageCheck[] };
  return new Map(format === FORMAT && checks ? checks.map((check) => [check.id, check]) : []);
}
