import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeFiles,
  encodeKill,
  encodeLaunch,
  encodeOpened,
  encodeSignal,
  encodeStart,
  MessageDecoder,
  type NativeMessage,
} from '#launch/protocol.ts';
import type { ProgramSpec } from '#launch/types.ts';

/** Bytes written as protocol.h has them: text stands for itself, numbers are single bytes. */
function bytes(...parts: readonly (string | number)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
}

/** Header with a length below 256. */
const header = (length: number, type: number): number[] => [length, 0, 0, 0, 1, type, 0, 0];
const frame = (type: number, payload: readonly number[] = []): Buffer =>
  Buffer.from([...header(payload.length, type), ...payload]);

const EMPTY: ProgramSpec = {
  argv: ['a'],
  env: {},
  cwd: '/',
  files: [],
  rlimits: [],
  landlock: null,
  backstopMs: null,
  filter: new Uint8Array(),
  notify: false,
};

describe('encoding, against bytes written by hand', () => {
  test('opened and kill are headers', () => {
    expect(encodeOpened()).toEqual(bytes(...header(0, 2)));
    expect(encodeKill()).toEqual(bytes(...header(0, 20)));
  });

  test('signal', () => {
    expect(encodeSignal(15)).toEqual(bytes(...header(4, 19), 15, 0, 0, 0));
  });

  test('launch with ids, a group to join and blobs', () => {
    const spec = {
      engine: 'bubblewrap',
      argv: ['/b', 'é'],
      blobs: [Uint8Array.of(7, 0), new Uint8Array()],
    } as const;
    const pid = Buffer.alloc(4);
    pid.writeUInt32LE(process.pid);
    const expected = bytes(
      ...header(0, 1),
      ...pid,
      1, // ids follow
      ...[0x40, 0xe2, 0x01, 0, 0x41, 0xe2, 0x01, 0], // 123456, 123457
      ...[1, 0, 0, 0, 2, 0, 0, 0, '/t', 0], // one path
      ...[2, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 0, 0], // two blobs, one of them empty
      ...[2, 0, 0, 0, 2, 0, 0, 0, '/b', 0, 2, 0, 0, 0, 'é', 0],
    );
    expect(encodeLaunch(spec, { uid: 123_456, gid: 123_457 }, ['/t'])).toEqual(fixLength(expected));
  });

  test('launch without ids and without groups', () => {
    const frameBytes = encodeLaunch({ engine: 'bubblewrap', argv: ['/b'], blobs: [] }, null, []);
    expect(frameBytes.subarray(12)).toEqual(
      bytes(0, ...Array(8).fill(0), ...Array(8).fill(0), 1, 0, 0, 0, 2, 0, 0, 0, '/b', 0),
    );
  });

  test('files: name first, then pieces of at most 64 KiB', () => {
    const content = Buffer.alloc(65_536 + 3, 'x');
    const files = [
      { path: 'a', content: new Uint8Array(), mode: 0o644 },
      { path: 'b', content, mode: 0o755 },
    ];
    const frames = [...encodeFiles({ ...EMPTY, files })];
    expect(frames.map((buffer) => [buffer.readUInt8(5), buffer.length - 8])).toEqual([
      [16, 18],
      [16, 18],
      [17, 65_536],
      [17, 3],
    ]);
    const name = (mode: number[], size: number[], path: string) =>
      bytes(...header(18, 16), ...mode, ...size, 1, 0, 0, 0, path, 0);
    expect(frames[0]).toEqual(name([0xa4, 1, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], 'a'));
    expect(frames[1]).toEqual(name([0xed, 1, 0, 0], [3, 0, 1, 0, 0, 0, 0, 0], 'b'));
    expect(Buffer.concat(frames.slice(2).map((buffer) => buffer.subarray(8)))).toEqual(content);
  });

  test('a view into a larger buffer sends only the view', () => {
    const content = Buffer.from('..view..').subarray(2, 6);
    const frames = [...encodeFiles({ ...EMPTY, files: [{ path: 'a', content, mode: 0 }] })];
    expect(frames[1]?.subarray(8).toString()).toBe('view');
  });

  test('start', () => {
    const rlimits = [
      { resource: 7, name: 'nofile', soft: 256, hard: 512 },
      { resource: 0, name: 'cpu', soft: null, hard: null },
    ];
    const encoded = encodeStart({
      ...EMPTY,
      argv: ['ls', ''],
      env: { A: 'é' },
      cwd: '/w',
      rlimits,
      landlock: { handledFs: 3, handledNet: 1, scoped: 2, rules: [{ path: '/t', access: 2 ** 13 }] },
      backstopMs: 1500.2,
      filter: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
      notify: true,
    });
    const NO_LIMIT = Array(8).fill(0xff);
    const expected = bytes(
      ...header(0, 18),
      ...[2, 0, 0, 0, 2, 0, 0, 0, 'ls', 0, 0, 0, 0, 0, 0],
      ...[1, 0, 0, 0, 4, 0, 0, 0, 'A=é', 0],
      ...[2, 0, 0, 0, '/w', 0],
      ...[2, 0, 0, 0, 7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0],
      ...[0, 0, 0, 0, ...NO_LIMIT, ...NO_LIMIT],
      ...[3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0],
      ...[1, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, '/t', 0],
      ...[0x40, 0x71, 0x77, 0x59, 0, 0, 0, 0], // 1501 ms in nanoseconds, rounded up
      1,
      ...[8, 0, 0, 0],
    );
    const padding = Buffer.alloc(-(expected.length - 8) & 7);
    expect(encoded).toEqual(fixLength(Buffer.concat([expected, padding, bytes(1, 2, 3, 4, 5, 6, 7, 8)])));
  });

  test('the filter is aligned to its instructions whatever is before it', () => {
    for (let length = 0; length < 9; length++) {
      const filter = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9);
      const encoded = encodeStart({ ...EMPTY, cwd: 'x'.repeat(length), filter });
      expect((encoded.length - 8) % 8).toBe(0);
      expect(encoded.subarray(-8)).toEqual(Buffer.from(filter));
    }
  });

  test('no backstop is 0', () => {
    const at = 8 + 4 + 6 + 4 + 6 + 4; // header, argv, env, cwd, no rlimits
    expect(encodeStart(EMPTY).readBigUInt64LE(at)).toBe(0n);
  });

  test('a NUL never travels', () => {
    for (const spec of [
      { ...EMPTY, argv: ['a\0b'] },
      { ...EMPTY, env: { A: '\0' } },
      { ...EMPTY, cwd: '\0' },
    ]) {
      expect(() => encodeStart(spec)).toThrow('NUL');
    }
  });
});

function fixLength(expected: Buffer): Buffer {
  expected.writeUInt32LE(expected.length - 8, 0);
  return expected;
}

const U64_ONE_AND_A_HALF_MS = [0x60, 0xe3, 0x16, 0, 0, 0, 0, 0];
const EXAMPLES: readonly [Buffer, NativeMessage][] = [
  [frame(64, [0x39, 0x30, 0, 0]), { kind: 'pipes', pid: 12345 }],
  [frame(65, [1, 0, 0, 0]), { kind: 'ready', version: 1 }],
  [frame(66), { kind: 'started' }],
  [
    frame(67, [16, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0]),
    { kind: 'execFailed', step: 'exec', index: 3, errno: 2 },
  ],
  [
    frame(68, [0, 0x89, 0, 0, ...U64_ONE_AND_A_HALF_MS, ...u64(7), ...u64(300), ...u64(2)]),
    {
      kind: 'exited',
      exit: { waitStatus: 0x8900, elapsedMs: 1.5, cpuUserUs: 7, cpuSystemUs: 300, maxRssBytes: 2048 },
    },
  ],
  [frame(69, [101, 0, 0, 0, 0x3e, 0, 0, 0xc0]), { kind: 'denied', nr: 101, auditArch: 0xc000003e }],
  [frame(70), { kind: 'deadline' }],
  [
    frame(71, [2, 0, 0, 0, ...u64(1), ...u64(2), ...u64(258)]),
    { kind: 'done', totals: { orphans: 2, cpuUserUs: 1, cpuSystemUs: 2, initCpuUs: 258 } },
  ],
  [frame(72, [3, 0, 0, 0, 1, 0, 0, 0, 13, 0, 0, 0]), { kind: 'failed', step: 'join', index: 1, errno: 13 }],
];

function u64(value: number): number[] {
  return [value & 0xff, value >> 8, 0, 0, 0, 0, 0, 0];
}

const STREAM = Buffer.concat(EXAMPLES.map(([encoded]) => encoded));
const MESSAGES = EXAMPLES.map(([, message]) => message);

describe('decoding', () => {
  test.each(EXAMPLES.map(([encoded, message]) => [message.kind, encoded, message] as const))(
    '%s',
    (_, encoded, message) => expect(new MessageDecoder().push(encoded)).toEqual([message]),
  );

  test('several in one chunk', () => {
    expect(new MessageDecoder().push(STREAM)).toEqual(MESSAGES);
  });

  test('in two parts, wherever the cut', () => {
    for (let at = 0; at <= STREAM.length; at++) {
      const decoder = new MessageDecoder();
      const parts = [STREAM.subarray(0, at), STREAM.subarray(at)];
      expect(parts.flatMap((part) => decoder.push(part))).toEqual(MESSAGES);
    }
  });

  test('in any parts', () => {
    const cuts = fc.array(fc.nat({ max: STREAM.length }), { maxLength: 30 });
    fc.assert(
      fc.property(cuts, (at) => {
        const edges = [0, ...at.sort((a, b) => a - b), STREAM.length];
        const decoder = new MessageDecoder();
        const parts = edges.slice(1).map((edge, index) => STREAM.subarray(edges[index], edge));
        expect(parts.flatMap((part) => decoder.push(part))).toEqual(MESSAGES);
      }),
    );
  });

  test('negative numbers: a call of -1, an errno of -1', () => {
    expect(new MessageDecoder().push(frame(69, [255, 255, 255, 255, 0, 0, 0, 0]))).toEqual([
      { kind: 'denied', nr: -1, auditArch: 0 },
    ]);
  });

  test('a step that is not known yet keeps its number', () => {
    const [message] = new MessageDecoder().push(frame(72, [99, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]));
    expect(message).toMatchObject({ step: 'step 99' });
  });
});

describe('refused', () => {
  const refusal = (...chunks: Buffer[]) => {
    const decoder = new MessageDecoder();
    return () => chunks.flatMap((chunk) => decoder.push(chunk));
  };

  test('another version, as soon as the header is there', () => {
    expect(refusal(Buffer.from([255, 0, 0, 0, 2, 64, 0, 0]))).toThrow('version 2, expected 1');
  });

  test('a frame that is too long, before it has come', () => {
    expect(refusal(Buffer.from([1, 1, 0, 0, 1, 64, 0, 0]))).toThrow('a frame of 257 bytes');
    expect(refusal(Buffer.from([0, 1, 0, 0, 1, 64, 0, 0]))).not.toThrow();
  });

  test.each([0, 1, 16, 63, 77, 255])('message %d', (type) => {
    expect(refusal(frame(type))).toThrow(`unknown message ${type}`);
  });

  test.each(
    EXAMPLES.filter(([encoded]) => encoded.length > 8).map(([encoded, { kind }]) => [kind, encoded] as const),
  )('%s that is one byte short', (_, encoded) => {
    const short = fixLength(Buffer.from(encoded.subarray(0, -1)));
    expect(refusal(short)).toThrow('is too short');
  });

  test('with a code and what to do', () => {
    expect(refusal(frame(0))).toThrow(
      expect.objectContaining({ code: 'ENGINE_PROTOCOL', hint: expect.stringContaining('build-native') }),
    );
  });

  test('any bytes give messages or ENGINE_PROTOCOL, never another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (data) => {
        try {
          new MessageDecoder().push(data);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENGINE_PROTOCOL' });
        }
      }),
    );
  });
});
