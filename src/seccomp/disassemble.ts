import { actionOf, describeAction } from './action.ts';
import { DATA_OFFSET, decodeProgram, type Instruction, OP } from './bpf.ts';

/**
 * One line per instruction, with absolute jump targets: `  12  jge 59 -> 40 else 13`. Nothing is lost: `assembleText`
 * makes the same bytes of these lines, because whatever has no words of its own is printed as `raw code jt jf k`.
 */
export function disassembleProgram(program: Uint8Array): readonly string[] {
  return decodeProgram(program).map(
    (instruction, at) => `${String(at).padStart(4)}  ${describeInstruction(instruction, at)}`,
  );
}

function describeInstruction(instruction: Instruction, at: number): string {
  const { code, jt, jf, k } = instruction;
  const words = jt === 0 && jf === 0 ? describePlain(instruction, at) : undefined;
  const test = testName(code);
  if (test !== undefined) return `${test} ${hex(k)} -> ${at + 1 + jt} else ${at + 1 + jf}`;
  return words ?? `raw ${hex(code)} ${jt} ${jf} ${hex(k)}`;
}

function testName(code: number): string | undefined {
  if (code === OP.jumpEqual) return 'jeq';
  if (code === OP.jumpGreater) return 'jgt';
  return code === OP.jumpGreaterEqual ? 'jge' : undefined;
}

/** `undefined` for what the compiler never makes. */
function describePlain({ code, k }: Instruction, at: number): string | undefined {
  if (code === OP.load) return isField(k) ? `ld ${fieldName(k)}` : undefined;
  if (code === OP.and) return `and ${hex(k)}`;
  if (code === OP.jump) return `ja -> ${at + 1 + k}`;
  return code === OP.ret ? `ret ${describeReturn(k)}` : undefined;
}

function describeReturn(value: number): string {
  const action = actionOf(value);
  return action ? describeAction(action) : hex(value);
}

function isField(offset: number): boolean {
  return offset % 4 === 0 && offset < DATA_OFFSET.bytes;
}

/** The 32-bit word of struct seccomp_data at a byte: `nr`, `arch`, `ip.low`, `arg2.high`. */
export function fieldName(offset: number): string {
  if (offset === DATA_OFFSET.nr) return 'nr';
  if (offset === DATA_OFFSET.arch) return 'arch';
  const half = offset % 8 === 0 ? 'low' : 'high';
  if (offset < DATA_OFFSET.args) return `ip.${half}`;
  return `arg${Math.floor((offset - DATA_OFFSET.args) / 8)}.${half}`;
}

function hex(value: number): string {
  return value < 10 ? String(value) : `0x${value.toString(16)}`;
}
