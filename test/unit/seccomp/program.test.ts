import { describe, expect, test } from 'vitest';
import { decodeProgram, encodeProgram, type Instruction, MAX_INSTRUCTIONS, OP } from '#seccomp/bpf.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { simulateProgram } from '#seccomp/simulate.ts';
import { AUDIT_ARCH } from '#seccomp/syscalls.ts';
import { validateProgram } from '#seccomp/validate-program.ts';
import { filterRequest } from '../../helpers/filters.ts';
import { ZEROS } from './calls.ts';

const allow: Instruction = { code: OP.ret, jt: 0, jf: 0, k: 0x7fff0000 };
const { program } = buildFilter(filterRequest('default'));

describe('validateProgram', () => {
  test('accepts what the compiler makes', () => {
    expect(() => validateProgram(program)).not.toThrow();
    expect(() => validateProgram(encodeProgram([allow]))).not.toThrow();
  });

  test.each<[string, Uint8Array]>([
    ['an empty filter', new Uint8Array()],
    ['a truncated filter', program.slice(0, -3)],
    ['a filter cut between instructions', program.slice(0, -8)],
    ['a filter without an end', encodeProgram([{ code: OP.load, jt: 0, jf: 0, k: 0 }])],
    ['an oversized filter', encodeProgram(Array.from({ length: MAX_INSTRUCTIONS + 1 }, () => allow))],
    ['an unknown opcode', encodeProgram([{ code: 0x1d, jt: 0, jf: 0, k: 0 }, allow])],
    ['an unaligned load', encodeProgram([{ code: OP.load, jt: 0, jf: 0, k: 2 }, allow])],
    ['a load behind the data', encodeProgram([{ code: OP.load, jt: 0, jf: 0, k: 64 }, allow])],
    ['a jump behind the end', encodeProgram([{ code: OP.jump, jt: 0, jf: 0, k: 1 }, allow])],
    ['a true side behind the end', encodeProgram([{ code: OP.jumpEqual, jt: 1, jf: 0, k: 1 }, allow])],
    ['a false side behind the end', encodeProgram([{ code: OP.jumpGreater, jt: 0, jf: 255, k: 1 }, allow])],
    ['killing one thread', encodeProgram([{ ...allow, k: 0 }])],
    ['an allow with stray bits', encodeProgram([{ ...allow, k: 0x7fff0001 }])],
  ])('refuses %s', (_, bytes) => {
    expect(() => validateProgram(bytes)).toThrow(/not valid: 1 problem/);
    expect(() => simulateProgram(bytes, { auditArch: AUDIT_ARCH.x86_64, nr: 0, args: ZEROS })).toThrow(
      /not valid/,
    );
  });
});

test('decoding is the opposite of encoding, at any offset in a buffer', () => {
  const shifted = new Uint8Array(program.byteLength + 3);
  shifted.set(program, 3);
  expect(encodeProgram(decodeProgram(shifted.subarray(3)))).toEqual(program);
});
