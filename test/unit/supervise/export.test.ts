/** The supervisor's half of an export against a peer that answers as the exporter does, or as it never may. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Channel } from '#launch/channel.ts';
import { exportFiles } from '#supervise/export.ts';
import type { ReadyJail } from '#supervise/setup.ts';
import { settle, socketPair } from './sockets.ts';

const KIND = { file: 0, symlink: 1, changed: 10 };
const ASKS = { kill: 20, export: 22, fetch: 23, exportEnd: 24 };
const plan = { patterns: ['**'], caps: { count: 9, sizeBytes: 1e6, totalBytes: 1e6, depth: 5 } };

function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 1, type, 0, 0]);
  header.writeUInt32LE(payload.length);
  return Buffer.concat([header, payload]);
}

function about(kind: number, size: number, mode = 0o644): Buffer {
  const bytes = Buffer.alloc(13);
  bytes.writeUInt8(kind);
  bytes.writeUInt32LE(mode, 1);
  bytes.writeBigUInt64LE(BigInt(size), 5);
  return bytes;
}

const entry = (path: string, size: number, kind = KIND.file) =>
  frame(73, Buffer.concat([about(kind, size), Buffer.from(path)]));
const listed = (end = 0) => frame(74, Buffer.from([end]));
const content = (data: string) => frame(75, Buffer.from(data));
const contentEnd = (size: number, kind = KIND.file, mode = 0o644) => frame(76, about(kind, size, mode));

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** Answers each request with the next of `answers`; null ends the channel. */
async function exporting(
  answers: readonly (readonly Buffer[] | null)[],
  more: { signal?: AbortSignal; unwanted?: boolean } = {},
) {
  const { ours, theirs } = await socketPair();
  open.push(ours, theirs);
  const asked: number[] = [];
  const rest = [...answers];
  theirs.on('error', () => {});
  theirs.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; at += 8 + chunk.readUInt32LE(at)) {
      asked.push(chunk.readUInt8(at + 5));
      const answer = rest.shift();
      if (answer === null) theirs.destroy();
      else for (const one of answer ?? []) theirs.write(one);
    }
  });
  const ready = { jail: { channel: new Channel(ours) }, leaf: null, meter: null } as unknown as ReadyJail;
  const done = exportFiles({ ready, plan, signal: more.signal, unwanted: more.unwanted ?? false });
  return { done, asked };
}

describe('an exporter that answers', () => {
  test('list, contents in pieces, end', async () => {
    const { done, asked } = await exporting([
      [entry('b', 5), entry('a', 0), entry('l', 1, KIND.symlink), listed()],
      [contentEnd(0, KIND.file, 0o7755)],
      [content('he'), content('llo'), contentEnd(5)],
    ]);
    const { files, refused } = await done;
    expect(files.map(({ path, mode, content: bytes }) => [path, mode, String(bytes)])).toEqual([
      ['a', 0o755, ''],
      ['b', 0o644, 'hello'],
    ]);
    expect(files[1]?.sha256).toBe('2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824');
    expect(refused).toEqual([{ path: 'l', why: 'symlink' }]);
    await settle();
    expect(asked).toEqual([ASKS.export, ASKS.fetch, ASKS.fetch, ASKS.exportEnd]);
  });

  test('a list that was cut, and a file that is not what it was', async () => {
    const { done } = await exporting([
      [entry('a', 3), listed(1)],
      [content('x'), contentEnd(1, KIND.changed)],
    ]);
    expect(await done).toEqual({
      files: [],
      refused: [
        { path: '', why: 'entries' },
        { path: 'a', why: 'changed' },
      ],
    });
  });

  test('where nothing is wanted, only the end is said', async () => {
    const { done, asked } = await exporting([], { unwanted: true });
    expect(await done).toEqual({ files: [], refused: [] });
    await settle();
    expect(asked).toEqual([ASKS.exportEnd]);
  });
});

describe('an exporter that ends early', () => {
  test('within the list', async () => {
    const { done } = await exporting([null]);
    expect(await done).toEqual({ files: [], refused: [{ path: '', why: 'ended' }] });
  });

  test('between two files: what is complete is kept', async () => {
    const { done } = await exporting([
      [entry('a', 1), entry('b', 1), entry('c', 1), listed()],
      [content('x'), contentEnd(1)],
      null,
    ]);
    const { files, refused } = await done;
    expect(files.map(({ path }) => path)).toEqual(['a']);
    expect(refused).toEqual([
      { path: 'b', why: 'ended' },
      { path: 'c', why: 'ended' },
    ]);
  });

  test('an abort ends it at once', async () => {
    const { done } = await exporting([[entry('a', 1)]], { signal: AbortSignal.timeout(50) });
    expect((await done).refused).toContainEqual({ path: '', why: 'ended' });
  });
});

describe('an exporter that says what none may', () => {
  const all: readonly (readonly [string, readonly (readonly Buffer[])[]])[] = [
    ['more than was listed', [[entry('a', 1), listed()], [content('xy')]]],
    ['content without a request', [[content('x')]]],
    ['the end of no content', [[contentEnd(0)]]],
    [
      'another length than it sent',
      [
        [entry('a', 2), listed()],
        [content('x'), contentEnd(2)],
      ],
    ],
    [
      'less than was listed, as if whole',
      [
        [entry('a', 2), listed()],
        [content('x'), contentEnd(1)],
      ],
    ],
    ['an entry after the list', [[entry('a', 1), listed()], [entry('b', 1)]]],
    ['a path that leads out', [[entry('../a', 1)]]],
    ['an entry that is too short', [[frame(73, Buffer.alloc(4))]]],
    ['a kind that there is not', [[entry('a', 1, 200)]]],
    ['an end that there is not', [[listed(9)]]],
    ['a path that is too long', [[entry('x'.repeat(4096), 1)]]],
    ['a piece that is too large', [[entry('a', 1e5), listed()], [content('x'.repeat(65_537))]]],
    ['what only init may', [[frame(70, Buffer.alloc(0))]]],
    ['two sizes that overlap the next frame', [[frame(74, Buffer.alloc(2))]]],
  ];
  test.each(all)('%s', async (_, answers) => {
    const { done } = await exporting(answers);
    await expect(done).rejects.toMatchObject({ code: 'ENGINE_PROTOCOL' });
  });
});
