import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { pumpStdin } from '#supervise/stdin.ts';
import { readAll, settle, socketPair } from './sockets.ts';

describe('what the program reads', () => {
  test.each([
    ['nothing', null, ''],
    ['no bytes', new Uint8Array(), ''],
    ['bytes', Buffer.from('abc'), 'abc'],
    ['a stream', Readable.from([Buffer.from('ab'), Buffer.from('c')]), 'abc'],
    ['an empty stream', Readable.from([]), ''],
  ])('%s', async (_, source, expected) => {
    const { ours, theirs } = await socketPair();
    const received = readAll(theirs);
    pumpStdin(ours, source);
    expect((await received).toString()).toBe(expected);
  });

  test('a large input arrives whole, at the reader’s pace', async () => {
    const { ours, theirs } = await socketPair();
    const data = Buffer.alloc(3 * 1024 * 1024, 'xyz');
    pumpStdin(ours, data);
    await settle();
    expect((await readAll(theirs)).equals(data)).toBe(true);
  });
});

describe('what goes wrong is not an error', () => {
  test('a program that closes its stdin', async () => {
    const { ours, theirs } = await socketPair();
    const source = new PassThrough();
    pumpStdin(ours, source);
    theirs.destroy();
    source.write('a');
    await new Promise((resolve) => {
      ours.once('close', resolve);
    });
    expect(source.destroyed).toBe(true);
  });

  test('a source that fails is end of file', async () => {
    const { ours, theirs } = await socketPair();
    const received = readAll(theirs);
    const source = new PassThrough();
    pumpStdin(ours, source);
    source.write('ab');
    await settle();
    source.destroy(new Error('gone'));
    expect((await received).toString()).toBe('ab');
  });
});

describe('stopping', () => {
  test('lets go of a source that is still open', async () => {
    const { ours, theirs } = await socketPair();
    const source = new PassThrough();
    const { stop } = pumpStdin(ours, source);
    stop();
    await settle();
    expect([source.destroyed, ours.destroyed]).toEqual([true, true]);
    theirs.destroy();
  });

  test.each([[null], [Buffer.from('abc')]])('closes the pipe of %s', async (source) => {
    const { ours, theirs } = await socketPair();
    pumpStdin(ours, source).stop();
    expect(ours.destroyed).toBe(true);
    theirs.destroy();
  });
});
