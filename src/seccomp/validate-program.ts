import { actionOf } from './action.ts';
import {
  DATA_OFFSET,
  decodeProgram,
  INSTRUCTION_BYTES,
  type Instruction,
  MAX_INSTRUCTIONS,
  OP,
} from './bpf.ts';
import { invalidSeccomp } from './validate.ts';

const CONDITIONAL: readonly number[] = [OP.jumpEqual, OP.jumpGreater, OP.jumpGreaterEqual];
const KNOWN: readonly number[] = Object.values(OP);

/**
 * Checks a compiled filter the way the kernel does before it installs one (bpf_check_classic in filter.c,
 * seccomp_check_filter in seccomp.c), limited to the opcodes that our compiler emits.
 * @throws WarderError SECCOMP_INVALID with every problem.
 */
export function validateProgram(program: Uint8Array): void {
  const messages = programProblems(program);
  if (messages.length === 0) return;
  throw invalidSeccomp(
    'the compiled filter is not valid',
    messages.map((message) => ({ path: '', message })),
  );
}

function programProblems(program: Uint8Array): readonly string[] {
  if (program.byteLength === 0) return ['the filter is empty'];
  if (program.byteLength % INSTRUCTION_BYTES !== 0) {
    return [`${program.byteLength} bytes are not whole instructions of ${INSTRUCTION_BYTES} bytes`];
  }
  const instructions = decodeProgram(program);
  if (instructions.length > MAX_INSTRUCTIONS) {
    return [`${instructions.length} instructions; the kernel takes ${MAX_INSTRUCTIONS}`];
  }
  const problems = instructions.flatMap((instruction, at) => {
    const problem = instructionProblem(instruction, at, instructions.length);
    return problem === undefined ? [] : [`instruction ${at}: ${problem}`];
  });
  return instructions.at(-1)?.code === OP.ret
    ? problems
    : [...problems, 'the last instruction does not return'];
}

function instructionProblem({ code, jt, jf, k }: Instruction, at: number, count: number): string | undefined {
  if (!KNOWN.includes(code)) return `unknown opcode 0x${code.toString(16)}`;
  if (code === OP.load && (k % 4 !== 0 || k >= DATA_OFFSET.bytes)) return `load from byte ${k}`;
  if (code === OP.ret && !actionOf(k)) return `return of unknown action 0x${k.toString(16)}`;
  const furthest = at + 1 + (code === OP.jump ? k : Math.max(jt, jf));
  const leaves = (code === OP.jump || CONDITIONAL.includes(code)) && furthest >= count;
  return leaves ? 'jump beyond the end' : undefined;
}
