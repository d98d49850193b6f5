/**
 * The control channel to the native program: frames of src/native/protocol.h, which is the authority.
 * Encoding and decoding only; nothing here does I/O.
 */
import { decodeExportMessage, type ExportMessage, exportPayloadMax } from './export-protocol.ts';
import { HEADER_BYTES, Payload, PROTOCOL_VERSION } from './frame.ts';
import { protocolError } from './protocol-error.ts';
import type { HostIds, LandlockPlan, LaunchSpec, ProgramSpec } from './types.ts';

export { HEADER_BYTES, PROTOCOL_VERSION } from './frame.ts';

export const PAYLOAD_MAX = 4 * 1024 * 1024;
/** A file travels in pieces of this size, so that neither side buffers a whole one. */
export const FILE_CHUNK_BYTES = 64 * 1024;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;

const MESSAGE = {
  launch: 1,
  opened: 2,
  file: 16,
  fileData: 17,
  start: 18,
  signal: 19,
  kill: 20,
  pipes: 64,
  ready: 65,
  started: 66,
  execFailed: 67,
  exited: 68,
  denied: 69,
  deadline: 70,
  done: 71,
  failed: 72,
} as const;

/** enum step of protocol.h. */
const STEPS: Readonly<Record<number, string>> = {
  1: 'protocol',
  2: 'parent',
  3: 'join',
  4: 'pipe',
  5: 'blob',
  6: 'ids',
  7: 'execLauncher',
  8: 'harden',
  9: 'capabilities',
  10: 'file',
  11: 'clone',
  12: 'session',
  13: 'rlimit',
  14: 'chdir',
  15: 'seccomp',
  16: 'exec',
  17: 'landlock',
};

export type NativeMessage =
  | ExportMessage
  /** `pid` is the process that holds the program's streams: the launcher-to-be. */
  | { readonly kind: 'pipes'; readonly pid: number }
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'started' }
  | { readonly kind: 'execFailed'; readonly step: string; readonly index: number; readonly errno: number }
  | { readonly kind: 'exited'; readonly exit: ProgramExit }
  | { readonly kind: 'denied'; readonly nr: number; readonly auditArch: number }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'done'; readonly totals: ProgramTotals }
  | { readonly kind: 'failed'; readonly step: string; readonly index: number; readonly errno: number };

/** wait4(2) of the main process. */
export interface ProgramExit {
  readonly waitStatus: number;
  readonly elapsedMs: number;
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  readonly maxRssBytes: number;
}

/** RUSAGE_CHILDREN of init after the last process is gone. */
export interface ProgramTotals {
  readonly orphans: number;
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  /** init's own CPU time between `ready` and now, to be taken out of the cgroup's figure. */
  readonly initCpuUs: number;
}

export function encodeLaunch(spec: LaunchSpec, ids: HostIds | null, joinPaths: readonly string[]): Buffer {
  const payload = new Payload()
    .u32(process.pid)
    .u8(ids ? 1 : 0)
    .u32(ids?.uid ?? 0)
    .u32(ids?.gid ?? 0)
    .strings(joinPaths)
    .u32(spec.blobs.length);
  for (const blob of spec.blobs) payload.u32(blob.byteLength).bytes(blob);
  return payload.strings(spec.argv).frame(MESSAGE.launch);
}

export function encodeOpened(): Buffer {
  return new Payload().frame(MESSAGE.opened);
}

/** The frames of every file, in order, as they are needed: a large one is never held twice. */
export function* encodeFiles(program: ProgramSpec): Generator<Buffer> {
  for (const file of program.files) {
    yield new Payload().u32(file.mode).u64(file.content.byteLength).string(file.path).frame(MESSAGE.file);
    for (let at = 0; at < file.content.byteLength; at += FILE_CHUNK_BYTES) {
      yield new Payload().bytes(file.content.subarray(at, at + FILE_CHUNK_BYTES)).frame(MESSAGE.fileData);
    }
  }
}

export function encodeStart(program: ProgramSpec): Buffer {
  const payload = new Payload()
    .strings(program.argv)
    .strings(Object.entries(program.env).map(([key, value]) => `${key}=${value}`))
    .string(program.cwd)
    .u32(program.rlimits.length);
  for (const { resource, soft, hard } of program.rlimits) {
    payload
      .u32(resource)
      .u64(soft ?? RLIM_INFINITY)
      .u64(hard ?? RLIM_INFINITY);
  }
  encodeLandlock(payload, program.landlock);
  return payload
    .u64(BigInt(Math.ceil(program.backstopMs ?? 0)) * 1_000_000n)
    .u8(program.notify ? 1 : 0)
    .u32(program.filter.byteLength)
    .align8()
    .bytes(program.filter)
    .frame(MESSAGE.start);
}

const NO_LANDLOCK: LandlockPlan = { handledFs: 0, handledNet: 0, scoped: 0, rules: [] };

function encodeLandlock(payload: Payload, plan: LandlockPlan | null): void {
  const { handledFs, handledNet, scoped, rules } = plan ?? NO_LANDLOCK;
  payload.u64(handledFs).u64(handledNet).u64(scoped).u32(rules.length);
  for (const { path, access } of rules) payload.u64(access).string(path);
}

export function encodeSignal(number: number): Buffer {
  return new Payload().u32(number).frame(MESSAGE.signal);
}

export function encodeKill(): Buffer {
  return new Payload().frame(MESSAGE.kill);
}

/** Cuts the byte stream of the channel into messages; keeps what is incomplete. */
export class MessageDecoder {
  #pending: Buffer = Buffer.alloc(0);

  /** @throws WarderError ENGINE_PROTOCOL at the first malformed frame. */
  push(chunk: Uint8Array): NativeMessage[] {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    const messages: NativeMessage[] = [];
    while (this.#pending.length >= HEADER_BYTES) {
      const length = this.#pending.readUInt32LE(0);
      checkHeader(this.#pending, length);
      if (this.#pending.length < HEADER_BYTES + length) break;
      const payload = this.#pending.subarray(HEADER_BYTES, HEADER_BYTES + length);
      messages.push(decodeMessage(this.#pending.readUInt8(5), payload));
      this.#pending = this.#pending.subarray(HEADER_BYTES + length);
    }
    return messages;
  }
}

/** Everything that the native program sends is small, but for what it exports. */
const INCOMING_MAX = 256;

function checkHeader(header: Buffer, length: number): void {
  const version = header.readUInt8(4);
  if (version !== PROTOCOL_VERSION) throw protocolError(`version ${version}, expected ${PROTOCOL_VERSION}`);
  const max = exportPayloadMax(header.readUInt8(5)) ?? INCOMING_MAX;
  if (length > max) throw protocolError(`a frame of ${length} bytes`);
}

function decodeMessage(type: number, payload: Buffer): NativeMessage {
  try {
    return decodeExportMessage(type, payload) ?? decodeByType(type, payload);
  } catch (cause) {
    if (cause instanceof RangeError) throw protocolError(`message ${type} is too short`);
    throw cause;
  }
}

function decodeByType(type: number, payload: Buffer): NativeMessage {
  const u64 = (offset: number) => Number(payload.readBigUInt64LE(offset));
  switch (type) {
    case MESSAGE.pipes:
      return { kind: 'pipes', pid: payload.readUInt32LE(0) };
    case MESSAGE.ready:
      return { kind: 'ready', version: payload.readUInt32LE(0) };
    case MESSAGE.started:
      return { kind: 'started' };
    case MESSAGE.execFailed:
      return { kind: 'execFailed', ...decodeFailure(payload) };
    case MESSAGE.exited:
      return { kind: 'exited', exit: decodeExit(payload, u64) };
    case MESSAGE.denied:
      return { kind: 'denied', nr: payload.readInt32LE(0), auditArch: payload.readUInt32LE(4) };
    case MESSAGE.deadline:
      return { kind: 'deadline' };
    case MESSAGE.done:
      return {
        kind: 'done',
        totals: {
          orphans: payload.readUInt32LE(0),
          cpuUserUs: u64(4),
          cpuSystemUs: u64(12),
          initCpuUs: u64(20),
        },
      };
    case MESSAGE.failed:
      return { kind: 'failed', ...decodeFailure(payload) };
    default:
      throw protocolError(`unknown message ${type}`);
  }
}

function decodeExit(payload: Buffer, u64: (offset: number) => number): ProgramExit {
  return {
    waitStatus: payload.readUInt32LE(0),
    elapsedMs: u64(4) / 1e6,
    cpuUserUs: u64(12),
    cpuSystemUs: u64(20),
    maxRssBytes: u64(28) * 1024,
  };
}

function decodeFailure(payload: Buffer): { step: string; index: number; errno: number } {
  const step = payload.readUInt32LE(0);
  return {
    step: STEPS[step] ?? `step ${step}`,
    index: payload.readUInt32LE(4),
    errno: payload.readInt32LE(8),
  };
}
