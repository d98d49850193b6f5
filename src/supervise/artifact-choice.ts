/**
 * Which of the entries that the exporter lists are wanted, and why the others that match cannot be had. The program made
 * the names and any number of them, so what is kept of them is bounded.
 */
import type { ExportEntry } from '#launch/export-protocol.ts';
import { protocolError } from '#launch/protocol-error.ts';
import type { ArtifactPlan } from '#plan/types.ts';
import { MAX_REFUSED, type Refusal, type RefusedFile } from '#result/artifact.ts';
import { globMatcher } from '#util/glob.ts';

export interface WantedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** Of all paths that match, in characters: what more than this would be is not looked at. */
const CANDIDATES_MAX_LENGTH = 4 * 1024 * 1024;

export class ArtifactChoice {
  readonly #plan: ArtifactPlan;
  readonly #matches: (path: string) => boolean;
  readonly #candidates: WantedFile[] = [];
  readonly #refused: RefusedFile[] = [];
  #length = 0;
  #overflow = false;

  constructor(plan: ArtifactPlan) {
    this.#plan = plan;
    this.#matches = globMatcher(plan.patterns);
  }

  /** @throws WarderError ENGINE_PROTOCOL for a path that no walk can find */
  offer({ kind, sizeBytes, path: bytes }: ExportEntry): void {
    const path = decodeUtf8(bytes);
    requirePath(path ?? bytes.toString('latin1'), kind);
    // Without a name that is text, replacement characters are matched, as any character is.
    const matches = path === '' || isWhole(kind) || this.#matches(path ?? bytes.toString('utf8'));
    const why = path === undefined ? 'name' : this.#whyNot(kind, sizeBytes);
    if (!matches) return;
    if (path === undefined || why !== null) {
      this.refuse(path ?? visible(bytes), why ?? 'name');
      return;
    }
    this.#length += path.length;
    if (this.#length > CANDIDATES_MAX_LENGTH) this.#overflow = true;
    else this.#candidates.push({ path, sizeBytes });
  }

  #whyNot(kind: ExportEntry['kind'], sizeBytes: number): Refusal | null {
    if (kind !== 'file') return kind;
    return sizeBytes > this.#plan.caps.sizeBytes ? 'size' : null;
  }

  refuse(path: string, why: Refusal): void {
    if (this.#refused.length < MAX_REFUSED) this.#refused.push({ path, why });
  }

  /** What fits, in the order of the paths; the rest is refused. */
  choose(): readonly WantedFile[] {
    if (this.#overflow) this.refuse('', 'entries');
    const { count, totalBytes } = this.#plan.caps;
    const wanted: WantedFile[] = [];
    let total = 0;
    for (const file of this.#candidates.toSorted(byPath)) {
      if (wanted.length >= count) this.refuse(file.path, 'count');
      else if (total + file.sizeBytes > totalBytes) this.refuse(file.path, 'total');
      else {
        total += file.sizeBytes;
        wanted.push(file);
      }
    }
    return wanted;
  }

  refused(): readonly RefusedFile[] {
    return this.#refused.toSorted(byPath);
  }
}

/** Code units, the same on every machine. */
function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

/** Directories that were not looked into: whether something below them would match is not known. */
function isWhole(kind: ExportEntry['kind']): boolean {
  return kind === 'tooDeep' || kind === 'pathTooLong';
}

function requirePath(path: string, kind: ExportEntry['kind']): void {
  // The workspace itself, where that is closed or too deep below.
  if (path === '' && kind !== 'file') return;
  const parts = path.split('/');
  if (!parts.some((part) => part === '' || part === '.' || part === '..')) return;
  throw protocolError('a path that leads elsewhere');
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Bytes that are no text, for people: every one beyond ASCII as `\xNN`. */
function visible(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\xff]/g, escapeByte);
}

function escapeByte(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16)}`;
}
