import type { Condition } from './ir.ts';

const SIGNS = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=', maskedEq: '==' } as const;
const LOW_32_BITS = 0xffffffffn;

/** The arguments of every call by one name each. Declared like this, they are 64 bits wide in kafel. */
export const KAFEL_ARGUMENTS = '(a0, a1, a2, a3, a4, a5)';

/** A boolean expression; kafel compares 64 bits, so a narrower comparison masks them off. Numbers only. */
export function kafelCondition(condition: Condition): string {
  const { op, arg, value } = condition;
  return `${kafelOperand(condition, arg)} ${SIGNS[op]} ${kafelNumber(value)}`;
}

function kafelOperand(condition: Condition, arg: number): string {
  const bits = condition.width === 32 ? LOW_32_BITS : null;
  const mask = condition.op === 'maskedEq' ? condition.mask & (bits ?? condition.mask) : bits;
  return mask === null ? `a${arg}` : `(a${arg} & ${kafelNumber(mask)})`;
}

/** Decimal up to 9, else hexadecimal: a leading 0 would make kafel read octal. */
function kafelNumber(value: bigint): string {
  return value < 10n ? value.toString() : `0x${value.toString(16)}`;
}
