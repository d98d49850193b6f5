import { ARCHES, type Arch } from './ir.ts';
import { SYSCALLS_AARCH64 } from './syscalls.aarch64.generated.ts';
import { SYSCALLS_X86_64 } from './syscalls.x86_64.generated.ts';

/** AUDIT_ARCH_* of <linux/audit.h>: the ELF machine with the 64-bit and little-endian flags. */
export const AUDIT_ARCH: { readonly [A in Arch]: number } = { x86_64: 0xc000003e, aarch64: 0xc00000b7 };

/** Maps, because a filter is built before every run and asks hundreds of times. */
const NUMBERS: { readonly [A in Arch]: ReadonlyMap<string, number> } = {
  x86_64: new Map(Object.entries(SYSCALLS_X86_64)),
  aarch64: new Map(Object.entries(SYSCALLS_AARCH64)),
};

/** `undefined` when the architecture has no call of that name. */
export function syscallNumber(arch: Arch, name: string): number | undefined {
  return NUMBERS[arch].get(name);
}

/** The name of a number as the kernel reports it; `undefined` for numbers newer than the tables. */
export function syscallName(arch: Arch, nr: number): string | undefined {
  return syscallNames(arch).find((name) => syscallNumber(arch, name) === nr);
}

export function syscallNames(arch: Arch): readonly string[] {
  return [...NUMBERS[arch].keys()];
}

/** Whether any architecture has the call: a policy may name calls that only one of them knows. */
export function isSyscallName(name: string): boolean {
  return ARCHES.some((arch) => syscallNumber(arch, name) !== undefined);
}
