/**
 * The part of the control channel that brings files out of a sandbox (src/native/exporter.c): what the supervisor asks
 * once everything of the program is dead, and what the exporter answers.
 */
import { Payload } from './frame.ts';
import { protocolError } from './protocol-error.ts';

const MESSAGE = {
  hold: 21,
  export: 22,
  fetch: 23,
  exportEnd: 24,
  entry: 73,
  listed: 74,
  content: 75,
  contentEnd: 76,
};

/** CONTENT_MAX of protocol.h. */
const CONTENT_MAX = 64 * 1024;
const ENTRY_FIXED_BYTES = 13;
const ENTRY_PATH_MAX = 4095;

/** enum entry_kind of protocol.h, by number. */
const KINDS = [
  'file',
  'symlink',
  'hardLink',
  'fifo',
  'socket',
  'device',
  'mount',
  'tooDeep',
  'pathTooLong',
  'unreadable',
  'changed',
] as const;
export type EntryKind = (typeof KINDS)[number];

/** enum list_end of protocol.h, by number. */
const LIST_ENDS = ['complete', 'entries', 'time'] as const;

export interface ExportEntry {
  readonly kind: EntryKind;
  /** Permission bits, the set-id and sticky ones included. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Relative to /workspace; any bytes but NUL, as the program chose them. */
  readonly path: Buffer;
}

export type ExportMessage =
  | { readonly kind: 'entry'; readonly entry: ExportEntry }
  | { readonly kind: 'listed'; readonly end: (typeof LIST_ENDS)[number] }
  | { readonly kind: 'content'; readonly data: Buffer }
  | {
      readonly kind: 'contentEnd';
      readonly fetched: EntryKind;
      readonly mode: number;
      readonly sizeBytes: number;
    };

/** Before START: init stays after the program, for an export. */
export function encodeHold(): Buffer {
  return new Payload().frame(MESSAGE.hold);
}

/** How much the list may take. The time is for the whole export. */
export function encodeExport(caps: { entries: number; depth: number; timeMs: number }): Buffer {
  return new Payload()
    .u32(caps.entries)
    .u32(caps.depth)
    .u64(BigInt(Math.ceil(caps.timeMs)) * 1_000_000n)
    .frame(MESSAGE.export);
}

/** The content of a file that was listed, of which no more than the size that was listed is sent. */
export function encodeFetch(path: string, sizeBytes: number): Buffer {
  return new Payload().u64(sizeBytes).string(path).frame(MESSAGE.fetch);
}

/** No more is wanted; also in place of EXPORT. */
export function encodeExportEnd(): Buffer {
  return new Payload().frame(MESSAGE.exportEnd);
}

/** The longest payload that a message of the exporter may have; undefined for a message of somebody else. */
export function exportPayloadMax(type: number): number | undefined {
  switch (type) {
    case MESSAGE.entry:
      return ENTRY_FIXED_BYTES + ENTRY_PATH_MAX;
    case MESSAGE.content:
      return CONTENT_MAX;
    case MESSAGE.listed:
      return 1;
    case MESSAGE.contentEnd:
      return ENTRY_FIXED_BYTES;
    default:
      return undefined;
  }
}

/** undefined for what is not the exporter's. @throws WarderError ENGINE_PROTOCOL; RangeError when it is too short */
export function decodeExportMessage(type: number, payload: Buffer): ExportMessage | undefined {
  switch (type) {
    case MESSAGE.entry: {
      const path = payload.subarray(ENTRY_FIXED_BYTES);
      return { kind: 'entry', entry: { kind: word(KINDS, payload), ...modeAndSize(payload), path } };
    }
    case MESSAGE.listed:
      return { kind: 'listed', end: word(LIST_ENDS, payload) };
    case MESSAGE.content:
      return { kind: 'content', data: payload };
    case MESSAGE.contentEnd:
      return { kind: 'contentEnd', fetched: word(KINDS, payload), ...modeAndSize(payload) };
    default:
      return undefined;
  }
}

function word<T>(words: readonly T[], payload: Buffer): T {
  const found = words[payload.readUInt8(0)];
  if (found === undefined) throw protocolError(`the unknown word ${payload[0]}`);
  return found;
}

function modeAndSize(payload: Buffer): { readonly mode: number; readonly sizeBytes: number } {
  return { mode: payload.readUInt32LE(1), sizeBytes: Number(payload.readBigUInt64LE(5)) };
}
