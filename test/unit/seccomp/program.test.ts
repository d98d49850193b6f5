import { describe, expect, test } from 'vitest';
import { decodeProgram, encodeProgram, type Instruction, MAX_INSTRUCTIONS, OP } from '#seccomp/bpf.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { disassembleProgram } from '#seccomp/disassemble.ts';
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

describe('disassembleProgram', () => {
  test('prints every kind of instruction with absolute targets', () => {
    const instructions = [
      { code: OP.load, jt: 0, jf: 0, k: 4 },
      { code: OP.jumpEqual, jt: 0, jf: 9, k: 0xc000003e },
      { code: OP.load, jt: 0, jf: 0, k: 0 },
      { code: OP.jumpGreaterEqual, jt: 1, jf: 0, k: 5 },
      { code: OP.jump, jt: 0, jf: 0, k: 3 },
      { code: OP.load, jt: 0, jf: 0, k: 28 },
      { code: OP.and, jt: 0, jf: 0, k: 0xf },
      { code: OP.jumpGreater, jt: 1, jf: 0, k: 1 },
      { code: OP.load, jt: 0, jf: 0, k: 12 },
      allow,
      { ...allow, k: 0x00050061 },
      { ...allow, k: 0x80000000 },
      { ...allow, k: 0x00050007 },
      { ...allow, k: 0x7fc00000 },
      { ...allow, k: 0 },
      { code: 0xff, jt: 1, jf: 2, k: 3 },
    ];
    expect(disassembleProgram(encodeProgram(instructions))).toEqual([
      '   0  ld arch',
      '   1  jeq 0xc000003e -> 2 else 11',
      '   2  ld nr',
      '   3  jge 5 -> 5 else 4',
      '   4  ja -> 8',
      '   5  ld arg1.high',
      '   6  and 0xf',
      '   7  jgt 1 -> 9 else 8',
      '   8  ld ip+4',
      '   9  ret allow',
      '  10  ret errno EAFNOSUPPORT',
      '  11  ret kill process',
      '  12  ret errno 7',
      '  13  ret notify',
      '  14  ret unknown 0',
      '  15  unknown 0xff 1 2 3',
    ]);
  });
});
