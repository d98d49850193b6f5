import type { ArgIndex, Condition } from './ir.ts';

/** The argument is an `int` or `unsigned int`, so only its low 32 bits reach the kernel's code. */
export function equals32(arg: ArgIndex, value: number): Condition {
  return { op: 'eq', arg, width: 32, value: BigInt(value) };
}

/** The argument is a pointer or an `unsigned long`. */
export function equals64(arg: ArgIndex, value: bigint): Condition {
  return { op: 'eq', arg, width: 64, value };
}

export function differs32(arg: ArgIndex, value: number): Condition {
  return { op: 'ne', arg, width: 32, value: BigInt(value) };
}

/** The bits of `mask` in the low 32 bits are exactly `value`. */
export function masked32(arg: ArgIndex, mask: number, value: number): Condition {
  return { op: 'maskedEq', arg, width: 32, mask: BigInt(mask), value: BigInt(value) };
}

const SIGNS = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=', maskedEq: '==' } as const;

/** `arg0 & 0x7e020000 == 0 (32 bits)`, for listings. */
export function describeCondition(condition: Condition): string {
  const mask = condition.op === 'maskedEq' ? ` & ${hex(condition.mask)}` : '';
  return `arg${condition.arg}${mask} ${SIGNS[condition.op]} ${hex(condition.value)} (${condition.width} bits)`;
}

function hex(value: bigint): string {
  return value < 10n ? String(value) : `0x${value.toString(16)}`;
}

/** The same text for the same condition, and for no other one. */
export function conditionKey(condition: Condition): string {
  const mask = condition.op === 'maskedEq' ? condition.mask : '';
  return [condition.op, condition.arg, condition.width, condition.value, mask].join(' ');
}

export function conditionKeys(conditions: readonly Condition[]): ReadonlySet<string> {
  return new Set(conditions.map(conditionKey));
}

/** Whether every condition of `earlier` is among those of `later`: then it holds wherever `later` does. */
export function asksNoMore(earlier: ReadonlySet<string>, later: ReadonlySet<string>): boolean {
  for (const key of earlier) if (!later.has(key)) return false;
  return true;
}
