import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectOutput, type OutputOptions } from '#supervise/output.ts';
import { delay, pipePair, settle } from './sockets.ts';

/** Feeds `chunks` one by one, so that the boundaries are kept, and then ends. */
async function collect(chunks: readonly string[], options: Partial<OutputOptions>) {
  const { ours, theirs } = await pipePair();
  let exceeded = 0;
  const output = collectOutput(ours, {
    sizeBytes: null,
    keep: true,
    onExceed: () => exceeded++,
    ...options,
  });
  for (const chunk of chunks) {
    theirs.write(chunk);
    await settle();
  }
  theirs.end();
  await output.ended;
  return { kept: output.kept().toString(), truncated: output.truncated(), exceeded };
}

describe('the cap is exact to the byte', () => {
  test.each([
    ['below', ['abc'], 4, 'abc', false],
    ['just full', ['abcd'], 4, 'abcd', false],
    ['full at a boundary, nothing more', ['ab', 'cd'], 4, 'abcd', false],
    ['one more in the same chunk', ['abcde'], 4, 'abcd', true],
    ['one more in a chunk of its own', ['abcd', 'e'], 4, 'abcd', true],
    ['inside the second chunk', ['abc', 'def'], 4, 'abcd', true],
    ['long after', ['abcdefgh', 'i', 'jklm'], 4, 'abcd', true],
    ['of nothing', ['a'], 0, '', true],
    ['of nothing, and nothing came', [], 0, '', false],
  ] as const)('%s', async (_, chunks, sizeBytes, kept, truncated) => {
    const result = await collect(chunks, { sizeBytes });
    expect(result).toEqual({ kept, truncated, exceeded: truncated ? 1 : 0 });
  });

  test('without a cap everything is kept', async () => {
    expect(await collect(['abc', 'def'], {})).toEqual({ kept: 'abcdef', truncated: false, exceeded: 0 });
  });

  test('however it is cut up', async () => {
    const chunk = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.nat({ max: 20 }), async (chunks, sizeBytes) => {
        const all = chunks.join('');
        const result = await collect(chunks, { sizeBytes });
        const truncated = all.length > sizeBytes;
        expect(result).toEqual({ kept: all.slice(0, sizeBytes), truncated, exceeded: truncated ? 1 : 0 });
      }),
      { numRuns: 50 },
    );
  });
});

describe('a sink', () => {
  test('gets what the cap leaves, and nothing is kept when nobody wants it', async () => {
    const sink = new PassThrough();
    const result = await collect(['abc', 'def'], { sizeBytes: 4, sink, keep: false });
    expect(result).toEqual({ kept: '', truncated: true, exceeded: 1 });
    expect(sink.read().toString()).toBe('abcd');
  });

  /** Takes one chunk, and the next one only when told. */
  function slowSink() {
    const taken: string[] = [];
    let release = () => {};
    const sink = new Writable({
      highWaterMark: 1,
      write: (chunk, _, done) => {
        taken.push(String(chunk));
        release = () => done();
      },
    });
    return { sink, taken, release: () => release() };
  }

  test('that is slow slows the program down, and loses nothing', async () => {
    const { ours, theirs } = await pipePair();
    const slow = slowSink();
    const output = collectOutput(ours, { sizeBytes: null, keep: true, onExceed: () => {}, sink: slow.sink });
    theirs.write('first');
    await settle();
    const flood = 'x'.repeat(4 * 1024 * 1024);
    theirs.write(flood);
    await delay(50);
    expect(output.kept().length).toBeLessThan(1024 * 1024);
    expect(theirs.writableLength).toBeGreaterThan(0);
    const releasing = setInterval(slow.release, 1);
    theirs.end();
    await output.ended;
    clearInterval(releasing);
    expect(output.kept().length).toBe(5 + flood.length);
    expect(slow.taken[0]).toBe('first');
  });

  test('that goes away does not hold the program up', async () => {
    const { ours, theirs } = await pipePair();
    const { sink } = slowSink();
    const output = collectOutput(ours, { sizeBytes: null, keep: true, onExceed: () => {}, sink });
    theirs.write('first');
    await settle();
    sink.destroy();
    theirs.end('second');
    await output.ended;
    expect(output.kept().toString()).toBe('firstsecond');
  });
});

test('a stream that is torn down ends, with what had come', async () => {
  const { ours, theirs } = await pipePair();
  const output = collectOutput(ours, { sizeBytes: null, keep: true, onExceed: () => {} });
  theirs.write('abc');
  await settle();
  ours.destroy();
  await output.ended;
  expect(output.kept().toString()).toBe('abc');
  theirs.destroy();
});
