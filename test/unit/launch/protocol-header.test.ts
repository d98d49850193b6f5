import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { exportPayloadMax } from '#launch/export-protocol.ts';
import {
  encodeFiles,
  encodeOpened,
  FILE_CHUNK_BYTES,
  HEADER_BYTES,
  MessageDecoder,
  PAYLOAD_MAX,
  PROTOCOL_VERSION,
} from '#launch/protocol.ts';
import type { ProgramSpec } from '#launch/types.ts';

/** The authority; what protocol.ts says is compared with its text. */
const HEADER = readFileSync(new URL('../../../src/native/protocol.h', import.meta.url), 'utf8');

function constant(name: string): string | undefined {
  return new RegExp(`^#define ${name} (.+)$`, 'm').exec(HEADER)?.[1];
}

/** Members of an enum with this prefix: name → number. */
function members(prefix: string): [name: string, value: number][] {
  const found = HEADER.matchAll(new RegExp(`^ +${prefix}_(\\w+) = (\\d+),`, 'gm'));
  return [...found].map(([, name, value]) => [name ?? '', Number(value)]);
}

function frame(type: number, payload: Buffer): Buffer {
  const header = Buffer.from([payload.length, 0, 0, 0, PROTOCOL_VERSION, type, 0, 0]);
  return Buffer.concat([header, payload]);
}

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

describe('protocol.ts has what protocol.h has', () => {
  test('version and sizes', () => {
    expect(constant('PROTOCOL_VERSION')).toBe(String(PROTOCOL_VERSION));
    expect(constant('HEADER_BYTES')).toBe(String(HEADER_BYTES));
    expect(constant('PAYLOAD_MAX')).toBe(`(${PAYLOAD_MAX / 2 ** 20}U << 20)`);
    expect(encodeOpened()).toHaveLength(HEADER_BYTES);
  });

  const incoming = members('MSG').filter(([, value]) => value >= 64);
  test.each(incoming)('message %s', (name, value) => {
    const length = Math.min(64, exportPayloadMax(value) ?? 64);
    const [message] = new MessageDecoder().push(frame(value, Buffer.alloc(length)));
    expect(message?.kind).toBe(camelCase(name));
  });

  test('no message beyond those', () => {
    const known = new Set(incoming.map(([, value]) => value));
    for (let type = 0; type < 256; type++) {
      const decode = () => new MessageDecoder().push(frame(type, Buffer.alloc(64)));
      if (!known.has(type)) expect(decode).toThrow(`unknown message ${type}`);
    }
  });

  test.each(members('STEP'))('step %s', (name, value) => {
    const payload = Buffer.alloc(12);
    payload.writeUInt32LE(value);
    const failed = members('MSG').find(([message]) => message === 'FAILED')?.[1] ?? 0;
    const [message] = new MessageDecoder().push(frame(failed, payload));
    expect(message).toMatchObject({ kind: 'failed', step: camelCase(name) });
  });
});

test('a piece of a file is as large as said, and fits into a frame', () => {
  const program: ProgramSpec = {
    argv: ['a'],
    env: {},
    cwd: '/',
    files: [{ path: 'a', content: Buffer.alloc(FILE_CHUNK_BYTES + 1), mode: 0o644 }],
    rlimits: [],
    landlock: null,
    backstopMs: null,
    filter: new Uint8Array(),
    notify: false,
  };
  const lengths = [...encodeFiles(program)].slice(1).map((buffer) => buffer.length - HEADER_BYTES);
  expect(lengths).toEqual([FILE_CHUNK_BYTES, 1]);
  expect(FILE_CHUNK_BYTES).toBeLessThanOrEqual(PAYLOAD_MAX);
});
