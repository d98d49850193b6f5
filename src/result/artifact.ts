/** Files that came out of a sandbox, and those that were asked for and did not. */

/** One regular file of the workspace as it was when everything in the sandbox was dead. */
export interface ExportedFile {
  /** Relative to /workspace; without `.`, `..` and empty components, otherwise any text that a program can think of. */
  readonly path: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly content: Buffer;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
}

/**
 * Why something that matches is not there. `time`, `entries` and `ended` may speak of the export as a whole, and then the
 * path is empty: the time or the entries that it may take were used up, or the sandbox ended first. `exists` and
 * `notSaved` are of whoever writes the files somewhere.
 */
export const REFUSALS = [
  'symlink',
  'hardLink',
  'fifo',
  'socket',
  'device',
  'mount',
  'name',
  'tooDeep',
  'pathTooLong',
  'unreadable',
  'changed',
  'size',
  'count',
  'total',
  'time',
  'entries',
  'ended',
  'exists',
  'notSaved',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface RefusedFile {
  /** As text: bytes that are no UTF-8 are written `\xNN`. */
  readonly path: string;
  readonly why: Refusal;
}

/** What an export brought. Both sorted by path. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  /** At most MAX_REFUSED of them. */
  readonly refused: readonly RefusedFile[];
}

/** A program can make any number of files that cannot be exported: more than these are not listed. */
export const MAX_REFUSED = 1000;

export const NOTHING_EXPORTED: Exported = { files: [], refused: [] };
/** init did not live to export anything, whatever was there. */
export const EXPORT_LOST: Exported = { files: [], refused: [{ path: '', why: 'ended' }] };
