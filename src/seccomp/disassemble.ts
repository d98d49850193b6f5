import { actionOf, describeAction } from './action.ts';
import { DATA_OFFSET, decodeProgram, type Instruction, OP } from './bpf.ts';

/** One line per instruction, with absolute jump targets: `  12  jge 59 -> 40 else 13`. */
export function disassembleProgram(program: Uint8Array): readonly string[] {
  return decodeProgram(program).map(
    (instruction, at) => `${String(at).padStart(4)}  ${describeInstruction(instruction, at)}`,
  );
}

function describeInstruction({ code, jt, jf, k }: Instruction, at: number): string {
  const test = (name: string): string => `${name} ${hex(k)} -> ${at + 1 + jt} else ${at + 1 + jf}`;
  switch (code) {
    case OP.load:
      return `ld ${fieldName(k)}`;
    case OP.and:
      return `and ${hex(k)}`;
    case OP.jump:
      return `ja -> ${at + 1 + k}`;
    case OP.jumpEqual:
      return test('jeq');
    case OP.jumpGreater:
      return test('jgt');
    case OP.jumpGreaterEqual:
      return test('jge');
    case OP.ret:
      return `ret ${describeReturn(k)}`;
    default:
      return `unknown ${hex(code)} ${jt} ${jf} ${hex(k)}`;
  }
}

function describeReturn(value: number): string {
  const action = actionOf(value);
  return action ? describeAction(action) : `unknown ${hex(value)}`;
}

function fieldName(offset: number): string {
  if (offset === DATA_OFFSET.nr) return 'nr';
  if (offset === DATA_OFFSET.arch) return 'arch';
  if (offset < DATA_OFFSET.args) return `ip+${offset - 8}`;
  const index = Math.floor((offset - DATA_OFFSET.args) / 8);
  return `arg${index}.${offset % 8 === 0 ? 'low' : 'high'}`;
}

function hex(value: number): string {
  return value < 10 ? String(value) : `0x${value.toString(16)}`;
}
