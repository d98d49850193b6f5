import { actionOf } from './action.ts';
import { DATA_OFFSET, decodeProgram, type Instruction, OP } from './bpf.ts';
import type { Action, SyscallData } from './ir.ts';
import { validateProgram } from './validate-program.ts';

/**
 * Runs a compiled filter as the kernel would, for one call.
 * @throws WarderError SECCOMP_INVALID when the kernel would refuse the program.
 */
export function simulateProgram(program: Uint8Array, call: SyscallData): Action {
  validateProgram(program);
  return simulateInstructions(decodeProgram(program), call);
}

/** As `simulateProgram`, for a program that was decoded and checked before: the form for many calls. */
export function simulateInstructions(instructions: readonly Instruction[], call: SyscallData): Action {
  const data = encodeData(call);
  let accumulator = 0;
  let at = 0;
  for (;;) {
    const instruction = instructions[at];
    if (!instruction) throw new RangeError(`no instruction ${at}: the program was not checked`);
    const { code, jt, jf, k } = instruction;
    at += 1;
    if (code === OP.ret) return returned(k);
    if (code === OP.load) accumulator = data.getUint32(k, true);
    else if (code === OP.and) accumulator = (accumulator & k) >>> 0;
    else if (code === OP.jump) at += k;
    else at += jumps(code, accumulator, k) ? jt : jf;
  }
}

function returned(value: number): Action {
  const action = actionOf(value);
  if (!action) throw new RangeError(`no action 0x${value.toString(16)}: the program was not checked`);
  return action;
}

function jumps(code: number, accumulator: number, k: number): boolean {
  if (code === OP.jumpEqual) return accumulator === k;
  return code === OP.jumpGreater ? accumulator > k : accumulator >= k;
}

/** struct seccomp_data as the program sees it. */
function encodeData({ nr, auditArch, args }: SyscallData): DataView {
  const view = new DataView(new ArrayBuffer(DATA_OFFSET.bytes));
  view.setUint32(DATA_OFFSET.nr, nr, true);
  view.setUint32(DATA_OFFSET.arch, auditArch, true);
  for (const [index, value] of args.entries()) view.setBigUint64(DATA_OFFSET.args + 8 * index, value, true);
  return view;
}
