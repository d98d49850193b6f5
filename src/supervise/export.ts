/**
 * Files out of a sandbox whose program is dead, from the side of the supervisor. The exporter (src/native/exporter.c)
 * lists everything, we choose, it sends what was chosen. All that it says is checked: it read a tree that the program made.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Channel } from '#launch/channel.ts';
import { type ExportMessage, encodeExport, encodeExportEnd, encodeFetch } from '#launch/export-protocol.ts';
import type { NativeMessage } from '#launch/protocol.ts';
import { protocolError } from '#launch/protocol-error.ts';
import type { ArtifactPlan } from '#plan/types.ts';
import { type Exported, type ExportedFile, NOTHING_EXPORTED, type Refusal } from '#result/artifact.ts';
import { ArtifactChoice, type WantedFile } from './artifact-choice.ts';
import type { ReadyJail } from './setup.ts';

/** For list and contents together; the exporter and init have the same one, and after that the channel is closed. */
const EXPORT_MS = 10_000;
const EXPORT_GRACE_MS = 2000;
/** A walk takes about 4 µs for each. */
const ENTRIES_MAX = 200_000;

export interface ExportInput {
  readonly ready: ReadyJail;
  readonly plan: ArtifactPlan;
  /** Aborting ends the export: what is complete by then is kept. */
  readonly signal: AbortSignal | undefined;
  /** Then init is only told that it can go. */
  readonly unwanted: boolean;
}

/** Ends with the exporter on its way out, whatever it did. @throws WarderError ENGINE_PROTOCOL */
export async function exportFiles({ ready, plan, signal, unwanted }: ExportInput): Promise<Exported> {
  const { channel } = ready.jail;
  if (unwanted) {
    await channel.send(encodeExportEnd());
    return NOTHING_EXPORTED;
  }
  void ready.leaf?.unthrottle();
  const receiver = new Receiver(plan);
  const stop = channel.listen((message) => receiver.take(message));
  let why: Refusal = 'ended';
  const close = () => channel.close();
  const timer = setTimeout(() => {
    why = 'time';
    close();
  }, EXPORT_MS + EXPORT_GRACE_MS);
  signal?.addEventListener('abort', close, { once: true });
  if (signal?.aborted) close();
  try {
    return await converse(channel, plan, receiver, () => why);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', close);
    stop();
  }
}

async function converse(
  channel: Channel,
  { caps }: ArtifactPlan,
  receiver: Receiver,
  whyEnded: () => Refusal,
): Promise<Exported> {
  const { choice } = receiver;
  const ended = channel.closed.then((failure) => {
    if (failure) throw failure;
    return null;
  });
  ended.catch(() => {});
  await channel.send(encodeExport({ entries: ENTRIES_MAX, depth: caps.depth, timeMs: EXPORT_MS }));
  const listed = await Promise.race([receiver.listed, ended]);
  if (listed === null) choice.refuse('', whyEnded());
  else if (listed !== 'complete') choice.refuse('', listed);
  const files: ExportedFile[] = [];
  for (const wanted of choice.choose()) {
    const fetched = receiver.fetch(wanted);
    await channel.send(encodeFetch(wanted.path, wanted.sizeBytes));
    const got = (await Promise.race([fetched, ended])) ?? whyEnded();
    if (typeof got === 'string') choice.refuse(wanted.path, got);
    else files.push(got);
  }
  await channel.send(encodeExportEnd());
  return { files, refused: choice.refused() };
}

type ListEnd = Extract<ExportMessage, { kind: 'listed' }>['end'];
type ContentEnd = Extract<ExportMessage, { kind: 'contentEnd' }>;

/** One file on its way. */
interface Incoming {
  readonly wanted: WantedFile;
  readonly content: Buffer;
  readonly hash: Hash;
  length: number;
  readonly finish: (got: ExportedFile | Refusal) => void;
}

/** Takes what the exporter sends; whatever was not asked for is an error, which ends the channel. */
class Receiver {
  readonly choice: ArtifactChoice;
  readonly listed: Promise<ListEnd>;
  #onListed: ((end: ListEnd) => void) | undefined;
  #incoming: Incoming | undefined;

  constructor(plan: ArtifactPlan) {
    this.choice = new ArtifactChoice(plan);
    this.listed = new Promise((resolve) => {
      this.#onListed = resolve;
    });
  }

  /** Announces a file: resolves when it is complete, or known not to be. Memory is taken once, as much as was listed. */
  fetch(wanted: WantedFile): Promise<ExportedFile | Refusal> {
    return new Promise((finish) => {
      const content = Buffer.alloc(wanted.sizeBytes);
      this.#incoming = { wanted, content, hash: createHash('sha256'), length: 0, finish };
    });
  }

  take(message: NativeMessage): void {
    switch (message.kind) {
      case 'entry':
        if (this.#onListed === undefined) throw unexpected(message.kind);
        this.choice.offer(message.entry);
        break;
      case 'listed':
        this.#onListed?.(message.end);
        this.#onListed = undefined;
        break;
      case 'content':
        this.#onContent(message.data);
        break;
      case 'contentEnd':
        this.#onContentEnd(message);
        break;
      default:
        throw unexpected(message.kind);
    }
  }

  #onContent(data: Buffer): void {
    const incoming = this.#incoming;
    if (!incoming || data.length > incoming.content.length - incoming.length) throw unexpected('content');
    incoming.length += data.copy(incoming.content, incoming.length);
    incoming.hash.update(data);
  }

  #onContentEnd({ fetched, mode, sizeBytes }: ContentEnd): void {
    const incoming = this.#incoming;
    if (incoming?.length !== sizeBytes) throw unexpected('contentEnd');
    this.#incoming = undefined;
    const { wanted, content, hash, finish } = incoming;
    if (fetched === 'file' && sizeBytes !== wanted.sizeBytes) throw unexpected('contentEnd');
    const file = { path: wanted.path, mode: mode & 0o777, content, sha256: hash.digest('hex') };
    finish(fetched === 'file' ? file : fetched);
  }
}

function unexpected(kind: string): Error {
  return protocolError(`${kind} out of order`);
}
