import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { pumpStdin } from '#supervise/stdin.ts';
import { readAll, settle, socketPair } from './sockets.ts';

const unexpected = (error: Error): void => {
  throw error;
};

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
    pumpStdin(ours, source, unexpected);
    expect((await received).toString()).toBe(expected);
  });

  test('a large input arrives whole, at the reader’s pace', async () => {
    const { ours, theirs } = await socketPair();
    const data = Buffer.alloc(3 * 1024 * 1024, 'xyz');
    pumpStdin(ours, data, unexpected);
    await settle();
    expect((await readAll(theirs)).equals(data)).toBe(true);
  });
});

describe('what goes wrong is not an error', () => {
  test('a program that closes its stdin', async () => {
    const { ours, theirs } = await socketPair();
    const source = new PassThrough();
    pumpStdin(ours, source, unexpected);
    theirs.destroy();
    source.write('a');
    await new Promise((resolve) => {
      ours.once('close', resolve);
    });
    expect(source.destroyed).toBe(true);
  });
});

describe('a source that fails', () => {
  test.each([
    ['with an error', (source: PassThrough) => source.destroy(new Error('gone')), 'gone'],
    ['by being closed', (source: PassThrough) => source.destroy(), 'it was closed before its end'],
  ])('%s is told, once, and is not end of file', async (_, fail, message) => {
    const { ours, theirs } = await socketPair();
    let ended = false;
    theirs.on('end', () => {
      ended = true;
    });
    theirs.resume();
    const source = new PassThrough();
    const failures: string[] = [];
    pumpStdin(ours, source, (error) => failures.push(error.message));
    source.write('ab');
    await settle();
    fail(source);
    await settle();
    expect(failures[0]).toBe(message);
    expect(ended).toBe(false);
    ours.destroy();
  });
});

describe('stopping', () => {
  test('lets go of a source that is still open', async () => {
    const { ours, theirs } = await socketPair();
    const source = new PassThrough();
    const { stop } = pumpStdin(ours, source, unexpected);
    stop();
    await settle();
    expect([source.destroyed, ours.destroyed]).toEqual([true, true]);
    theirs.destroy();
  });

  test.each([[null], [Buffer.from('abc')]])('closes the pipe of %s', async (source) => {
    const { ours, theirs } = await socketPair();
    pumpStdin(ours, source, unexpected).stop();
    expect(ours.destroyed).toBe(true);
    theirs.destroy();
  });
});
