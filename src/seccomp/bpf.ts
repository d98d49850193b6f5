/**
 * Classic BPF as seccomp uses it: opcodes of <linux/bpf_common.h>, struct sock_filter of <linux/filter.h>
 * (u16 code, u8 jt, u8 jf, u32 k). Only the opcodes that the compiler emits are known here.
 */

export const OP = {
  /** A = 32-bit word of struct seccomp_data at byte k (BPF_LD | BPF_W | BPF_ABS). */
  load: 0x20,
  /** A &= k (BPF_ALU | BPF_AND | BPF_K). */
  and: 0x54,
  /** Skip k instructions (BPF_JMP | BPF_JA). */
  jump: 0x05,
  jumpEqual: 0x15,
  jumpGreater: 0x25,
  jumpGreaterEqual: 0x35,
  /** End with k (BPF_RET | BPF_K). */
  ret: 0x06,
} as const;

export interface Instruction {
  readonly code: number;
  /** How many instructions to skip when the test holds. */
  readonly jt: number;
  /** How many instructions to skip when it does not. */
  readonly jf: number;
  readonly k: number;
}

/** BPF_MAXINSNS, <linux/bpf_common.h>. */
export const MAX_INSTRUCTIONS = 4096;
export const INSTRUCTION_BYTES = 8;

/** struct seccomp_data, <linux/seccomp.h>: int nr; u32 arch; u64 instruction_pointer; u64 args[6]. */
export const DATA_OFFSET = { nr: 0, arch: 4, args: 16, bytes: 64 } as const;

/** Little-endian struct sock_filter[], the form that seccomp(2) and bubblewrap's --seccomp take. */
export function encodeProgram(instructions: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(instructions.length * INSTRUCTION_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, jt, jf, k }] of instructions.entries()) {
    const at = index * INSTRUCTION_BYTES;
    view.setUint16(at, code, true);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k, true);
  }
  return bytes;
}

/** The instructions of a program whose shape `validateProgram` accepts. */
export function decodeProgram(program: Uint8Array): readonly Instruction[] {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  return Array.from({ length: Math.floor(program.byteLength / INSTRUCTION_BYTES) }, (_, index) => {
    const at = index * INSTRUCTION_BYTES;
    return {
      code: view.getUint16(at, true),
      jt: view.getUint8(at + 2),
      jf: view.getUint8(at + 3),
      k: view.getUint32(at + 4, true),
    };
  });
}
