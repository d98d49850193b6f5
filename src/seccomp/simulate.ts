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
    if (code === OP.ret) return actionOf(k);
    if (code === OP.load) accumulator = data.getUint32(k, true);
    else if (code === OP.and) accumulator = (accumulator & k) >>> 0;
    else if (code === OP.jump) at += k;
    else at += jumps(code, accumulator, k) ? jt : jf;
  }
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

/** The action of a returned value; an action that the kernel does not know kills (seccomp.c, __seccomp_filter). */
export function actionOf(value: number): Action {
  switch ((value & 0xffff0000) >>> 0) {
    case 0x7fff0000:
      return { kind: 'allow' };
    case 0x00050000:
      return { kind: 'errno', errno: value & 0xffff };
    case 0x7fc00000:
      return { kind: 'notify' };
    case 0x00030000:
      return { kind: 'trap' };
    case 0x7ffc0000:
      return { kind: 'log' };
    default:
      return { kind: 'killProcess' };
  }
}
