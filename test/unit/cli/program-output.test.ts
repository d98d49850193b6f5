import { once } from 'node:events';
import { expect, test } from 'vitest';
import { ProgramOutput } from '#cli/program-output.ts';

/** Remembers what it was given; `fail` makes it refuse. */
function target(fail?: Error) {
  const parts: Buffer[] = [];
  return {
    written: () => Buffer.concat(parts),
    write(chunk: Uint8Array | string, done: (error?: Error | null) => void): boolean {
      parts.push(Buffer.from(chunk as string));
      setImmediate(() => done(fail));
      return true;
    },
  };
}

async function send(harmless: boolean, ...chunks: readonly Uint8Array[]): Promise<[Buffer, boolean]> {
  const to = target();
  const output = new ProgramOutput(to, harmless);
  for (const chunk of chunks) output.write(chunk);
  output.end();
  await once(output, 'close');
  return [to.written(), output.atLineStart];
}

test('bytes are passed on unchanged, NUL, escapes and broken UTF-8 included', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  expect((await send(false, bytes, bytes))[0]).toEqual(Buffer.concat([bytes, bytes]));
});

test('for a terminal they are made harmless, across chunks and at the end', async () => {
  const [written] = await send(true, Buffer.from('\u001b'), Buffer.from([0xc3]), Buffer.from([0xa4, 0xc3]));
  expect(written.toString()).toBe('^[ä\ufffd');
});

test('knows whether the next line would start at the beginning of one', async () => {
  expect((await send(false))[1]).toBe(true);
  expect((await send(false, Buffer.from('a\n')))[1]).toBe(true);
  expect((await send(false, Buffer.from('a\nb')))[1]).toBe(false);
});

test('a reader that has gone is an error of the stream, not an exception', async () => {
  const output = new ProgramOutput(target(new Error('EPIPE')), false);
  const failed = once(output, 'error');
  output.write('x');
  expect((await failed)[0]).toMatchObject({ message: 'EPIPE' });
});

test('a line of ours in between ends the one that the program had begun', async () => {
  const output = new ProgramOutput(target(), false);
  await new Promise((resolve) => output.write(Buffer.from('a'), resolve));
  expect(output.atLineStart).toBe(false);
  output.interrupted();
  expect(output.atLineStart).toBe(true);
  await new Promise((resolve) => output.write(Buffer.from('b'), resolve));
  expect(output.atLineStart).toBe(false);
});
