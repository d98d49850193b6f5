import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Channel, stepError } from '#launch/channel.ts';
import { encodeKill, type NativeMessage } from '#launch/protocol.ts';
import { settle, socketPair } from '../supervise/sockets.ts';

const PIPES = Buffer.from([4, 0, 0, 0, 1, 64, 0, 0, 1, 0, 0, 0]);
const READY = Buffer.from([4, 0, 0, 0, 1, 65, 0, 0, 1, 0, 0, 0]);
const STARTED = Buffer.from([0, 0, 0, 0, 1, 66, 0, 0]);
const FAILED = Buffer.from([12, 0, 0, 0, 1, 72, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
const WRONG_VERSION = Buffer.from([0, 0, 0, 0, 9, 64, 0, 0]);

const open: Socket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

async function openChannel() {
  const { ours, theirs } = await socketPair();
  open.push(ours, theirs);
  theirs.on('error', () => {});
  return { channel: new Channel(ours), peer: theirs, ours };
}

const ended = () => new Error('ended');
const kinds = (messages: readonly NativeMessage[]) => messages.map(({ kind }) => kind);

/** Written and received, so that nothing is under way any more. */
async function deliver(peer: Socket, ...frames: Buffer[]): Promise<void> {
  await new Promise((resolve) => {
    peer.write(Buffer.concat(frames), resolve);
  });
  await settle();
}

describe('messages', () => {
  test('what came before anybody listened is kept, in order', async () => {
    const { channel, peer } = await openChannel();
    await deliver(peer, PIPES, READY);
    const heard: NativeMessage[] = [];
    channel.listen((message) => heard.push(message));
    await deliver(peer, STARTED);
    expect(kinds(heard)).toEqual(['pipes', 'ready', 'started']);
  });

  test('every listener hears; one that stopped does not', async () => {
    const { channel, peer } = await openChannel();
    const [first, second]: NativeMessage[][] = [[], []];
    const stop = channel.listen((message) => first?.push(message));
    channel.listen((message) => second?.push(message));
    await deliver(peer, PIPES);
    stop();
    await deliver(peer, READY);
    expect([first, second].map((heard) => kinds(heard ?? []))).toEqual([['pipes'], ['pipes', 'ready']]);
  });

  test('right behind an awaited one, in the same chunk, are not lost', async () => {
    const { channel, peer } = await openChannel();
    const pipes = channel.expect('pipes', ended);
    await deliver(peer, PIPES, READY, STARTED);
    await pipes;
    expect(await channel.expect('ready', ended)).toEqual({ kind: 'ready', version: 1 });
    expect(await channel.expect('started', ended)).toEqual({ kind: 'started' });
  });

  test('right behind an awaited one that had come before are not lost either', async () => {
    const { channel, peer } = await openChannel();
    await deliver(peer, PIPES, READY);
    await channel.expect('pipes', ended);
    expect(await channel.expect('ready', ended)).toEqual({ kind: 'ready', version: 1 });
  });
});

describe('expecting a message fails', () => {
  test('at a failed step, with its name and errno', async () => {
    const { channel, peer } = await openChannel();
    const ready = channel.expect('ready', ended);
    peer.write(FAILED);
    await expect(ready).rejects.toMatchObject({
      code: 'LAUNCH_STEP_FAILED',
      details: { step: 'ids', index: 1, errno: 'EPERM' },
    });
  });

  test('at end of file, before and after it', async () => {
    const { channel, peer } = await openChannel();
    const ready = channel.expect('ready', ended);
    peer.destroy();
    await expect(ready).rejects.toThrow('ended');
    await expect(channel.expect('ready', ended)).rejects.toThrow('ended');
    expect(await channel.closed).toBeUndefined();
  });

  test('at malformed data, which also ends the channel', async () => {
    const { channel, peer } = await openChannel();
    const ready = channel.expect('ready', ended);
    peer.write(WRONG_VERSION);
    await expect(ready).rejects.toMatchObject({ code: 'ENGINE_PROTOCOL' });
    expect(await channel.closed).toMatchObject({ code: 'ENGINE_PROTOCOL' });
  });

  test('but not when the message and the end come together', async () => {
    const { channel, peer } = await openChannel();
    const ready = channel.expect('ready', ended);
    peer.end(READY);
    expect(await ready).toMatchObject({ kind: 'ready' });
  });
});

describe('sending', () => {
  test('reaches the other side', async () => {
    const { channel, peer } = await openChannel();
    const received = new Promise((resolve) => {
      peer.once('data', resolve);
    });
    await channel.send(encodeKill());
    expect(await received).toEqual(encodeKill());
  });

  test('waits until the other side takes more', async () => {
    const { channel, peer } = await openChannel();
    let sent = false;
    const sending = channel.send(Buffer.alloc(8 * 1024 * 1024)).then(() => {
      sent = true;
    });
    await settle();
    expect(sent).toBe(false);
    peer.resume();
    await sending;
  });

  test('does not wait for a peer that has gone', async () => {
    const { channel, peer } = await openChannel();
    const sending = channel.send(Buffer.alloc(8 * 1024 * 1024));
    peer.destroy();
    await sending;
    await channel.closed;
    await channel.send(encodeKill());
  });

  test('closing is end of file for the other side', async () => {
    const { channel, peer } = await openChannel();
    const end = new Promise((resolve) => {
      peer.resume().once('end', resolve);
    });
    channel.close();
    await end;
  });
});

test('an errno without a name keeps its number', () => {
  expect(stepError({ step: 'exec', index: 0, errno: 4242 }).details.errno).toBe('errno 4242');
});
