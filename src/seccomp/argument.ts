import { suggest } from '#util/suggest.ts';
import { CONSTANTS, CONSTANTS_AARCH64 } from './constants.generated.ts';
import type { Arch } from './ir.ts';

/** The value that a header's name has, or `undefined`. */
function constantValue(arch: Arch, name: string): bigint | undefined {
  if (arch === 'aarch64' && Object.hasOwn(CONSTANTS_AARCH64, name)) return CONSTANTS_AARCH64[name];
  return Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
}

export type ParsedArgument =
  | { readonly ok: true /** Unsigned 64 bits, as a register holds it. */; readonly value: bigint }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/**
 * An argument as people write it: `AF_VSOCK`, `40`, `0x28`, `-1`, and these joined by `|`, with shifts:
 * `SOCK_STREAM|SOCK_CLOEXEC`, `AF_UNIX|1<<32`.
 */
export function parseArgument(arch: Arch, text: string): ParsedArgument {
  let value = 0n;
  for (const part of text.split('|')) {
    const term = parseTerm(arch, part.trim());
    if (!term.ok) return term;
    value |= term.value;
  }
  return { ok: true, value };
}

function parseTerm(arch: Arch, text: string): ParsedArgument {
  const [base, shift, ...more] = text.split('<<').map((part) => parseAtom(arch, part.trim()));
  if (!base?.ok) return base ?? notANumber(text);
  if (shift === undefined) return base;
  if (!shift.ok) return shift;
  if (more.length > 0 || shift.value > 63n) return notANumber(text);
  return { ok: true, value: BigInt.asUintN(64, base.value << shift.value) };
}

function parseAtom(arch: Arch, text: string): ParsedArgument {
  const constant = constantValue(arch, text);
  if (constant !== undefined) return { ok: true, value: BigInt.asUintN(64, constant) };
  if (/^-?\d+$|^0[xX][0-9a-fA-F]+$/.test(text)) return fitting(text, BigInt(text));
  if (/^[A-Za-z_]\w*$/.test(text)) return unknownName(arch, text);
  return notANumber(text);
}

function fitting(text: string, value: bigint): ParsedArgument {
  if (value < -(1n << 63n) || value >= 1n << 64n)
    return { ok: false, message: `\`${text}\` does not fit in 64 bits` };
  return { ok: true, value: BigInt.asUintN(64, value) };
}

function unknownName(arch: Arch, text: string): ParsedArgument {
  const names = [...Object.keys(CONSTANTS), ...(arch === 'aarch64' ? Object.keys(CONSTANTS_AARCH64) : [])];
  const near = suggest(text.toUpperCase(), names);
  const message = `\`${text}\` is not a name of a value that the kernel's headers define`;
  return near === undefined ? { ok: false, message } : { ok: false, message, suggestion: near };
}

function notANumber(text: string): ParsedArgument {
  return { ok: false, message: `\`${text}\` is neither a number nor a name such as AF_VSOCK` };
}
