import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWarderError } from '#error/warder-error.ts';
import { assembleText } from '#seccomp/assemble-text.ts';
import { encodeProgram, type Instruction, OP } from '#seccomp/bpf.ts';
import { buildFilter } from '#seccomp/build-filter.ts';
import { compileFilter } from '#seccomp/compile.ts';
import { disassembleProgram } from '#seccomp/disassemble.ts';
import { validateProgram } from '#seccomp/validate-program.ts';
import { filterRequest, SHIPPED_PROFILES } from '../../helpers/filters.ts';
import { seccompFilter } from './arbitraries.ts';

const LISTING = [
  '   0  ld arch',
  '   1  jeq 0xc000003e -> 2 else 11',
  '   2  ld nr',
  '   3  jge 5 -> 5 else 4',
  '   4  ja -> 8',
  '   5  ld arg1.high',
  '   6  and 0xf',
  '   7  jgt 1 -> 9 else 8',
  '   8  ld ip.high',
  '   9  ret allow',
  '  10  ret errno EAFNOSUPPORT',
  '  11  ret kill process',
  '  12  ret errno E2BIG',
  '  13  ret notify',
  '  14  ret 0',
  '  15  raw 0xff 1 2 3',
  '  16  raw 0x20 0 0 2',
  '  17  raw 6 1 0 0x7fff0000',
];

const INSTRUCTIONS: readonly Instruction[] = [
  { code: OP.load, jt: 0, jf: 0, k: 4 },
  { code: OP.jumpEqual, jt: 0, jf: 9, k: 0xc000003e },
  { code: OP.load, jt: 0, jf: 0, k: 0 },
  { code: OP.jumpGreaterEqual, jt: 1, jf: 0, k: 5 },
  { code: OP.jump, jt: 0, jf: 0, k: 3 },
  { code: OP.load, jt: 0, jf: 0, k: 28 },
  { code: OP.and, jt: 0, jf: 0, k: 0xf },
  { code: OP.jumpGreater, jt: 1, jf: 0, k: 1 },
  { code: OP.load, jt: 0, jf: 0, k: 12 },
  { code: OP.ret, jt: 0, jf: 0, k: 0x7fff0000 },
  { code: OP.ret, jt: 0, jf: 0, k: 0x00050061 },
  { code: OP.ret, jt: 0, jf: 0, k: 0x80000000 },
  { code: OP.ret, jt: 0, jf: 0, k: 0x00050007 },
  { code: OP.ret, jt: 0, jf: 0, k: 0x7fc00000 },
  { code: OP.ret, jt: 0, jf: 0, k: 0 },
  { code: 0xff, jt: 1, jf: 2, k: 3 },
  { code: OP.load, jt: 0, jf: 0, k: 2 },
  { code: OP.ret, jt: 1, jf: 0, k: 0x7fff0000 },
];

test('prints every kind of instruction, with absolute targets, and reads it back', () => {
  const program = encodeProgram(INSTRUCTIONS);
  expect(disassembleProgram(program)).toEqual(LISTING);
  expect(assembleText(LISTING.join('\n'))).toEqual(program);
});

const roundTrip = (program: Uint8Array): Uint8Array => assembleText(disassembleProgram(program).join('\n'));

describe('assembling what was disassembled gives the same bytes', () => {
  const shipped = [...SHIPPED_PROFILES.keys()].flatMap((profile) =>
    (['none', 'loopback'] as const).flatMap((network) =>
      (['x86_64', 'aarch64'] as const).map((arch) => ({ profile, network, arch })),
    ),
  );
  test.each(shipped)('of the profile $profile, network $network, $arch', ({ profile, ...rest }) => {
    const { program } = buildFilter(filterRequest(profile, rest));
    expect(roundTrip(program)).toEqual(program);
  });

  test('of compiled random filters', () => {
    fc.assert(
      fc.property(seccompFilter, (filter) => {
        const program = compileFilter(filter);
        validateProgram(program);
        expect(roundTrip(program)).toEqual(program);
      }),
      { numRuns: 100 },
    );
  });

  test('of any bytes at all, also those that no kernel would take', () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 9, 10, 60, 64, 0x5ffff),
    );
    const code = fc.oneof(fc.constantFrom(...Object.values(OP)), fc.integer({ min: 0, max: 0xffff }));
    const byte = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
    const instruction = fc.record({ code, jt: byte, jf: byte, k: word });
    fc.assert(
      fc.property(fc.array(instruction, { minLength: 1, maxLength: 50 }), (instructions) => {
        const program = encodeProgram(instructions);
        expect(roundTrip(program)).toEqual(program);
      }),
      { numRuns: 300 },
    );
  });
});

/** Line and message of every problem that a listing has. */
function problemsOf(text: string): readonly string[] {
  try {
    assembleText(text);
    return [];
  } catch (error) {
    if (!isWarderError(error) || error.code !== 'SECCOMP_INVALID') throw error;
    const { issues } = error.details as { issues: readonly { line?: number; message: string }[] };
    expect(issues.every(({ line, message }) => message.startsWith(`line ${line}: `))).toBe(true);
    return issues.map(({ message }) => message);
  }
}

describe('assembleText', () => {
  test('does not count empty lines and comments', () => {
    const program = assembleText('# the smallest filter\n\n 0  ret   allow  # everything\n');
    expect([...program]).toEqual([6, 0, 0, 0, 0, 0, 0xff, 0x7f]);
  });

  test.each([
    ['ld nr', 'expected a number, a name and its operands, such as `3  ld nr`'],
    ['1  ld nr', 'instruction 0 is numbered 1'],
    ['0  ld arg6.low', '`ld arg6.low` is not an instruction'],
    ['0  ret perhaps', '`ret perhaps` is not an instruction'],
    ['0  ret errno 65536', '`ret errno 65536` is not an instruction'],
    ['0  ret 0x100000000', '`ret 0x100000000` is not an instruction'],
    ['0  jset 1 -> 1 else 2', '`jset 1 -> 1 else 2` is not an instruction'],
    ['0  jeq 1 -> 1', '`jeq 1 -> 1` is not an instruction'],
    ['0  jeq 1 -> 0 else 1', 'a jump goes back, or to itself'],
    ['0  jeq 1 -> 1 else 257', 'a jump over 256 instructions; 255 is the most'],
    ['0  ja -> 0', 'a jump goes back, or to itself'],
    ['0  raw 6 0 0', '`raw 6 0 0` is not an instruction'],
    ['0  raw 6 0 256 0', '`raw 6 0 256 0` is not an instruction'],
    ['0  raw 6 0 0 0 0', '`raw 6 0 0 0 0` is not an instruction'],
  ])('refuses `%s`', (line, problem) => {
    expect(problemsOf(line)).toEqual([`line 1: ${problem}`]);
  });

  test('names the line of every problem at once', () => {
    expect(problemsOf('# three\n 0  ld nr\n 1  jump 5\n 2  ret allow\n 3  ret\n')).toEqual([
      'line 3: `jump 5` is not an instruction',
      'line 5: expected a number, a name and its operands, such as `3  ld nr`',
    ]);
  });
});
