import { conditionHolds } from './evaluate.ts';
import type { Condition } from './ir.ts';

/**
 * Whether no argument values can satisfy all conditions. A `true` is certain; some contradictions that need
 * several masks and orders together are not found, and then the branch is merely never taken.
 */
export function neverHolds(conditions: readonly Condition[]): boolean {
  const groups = new Map<string, Condition[]>();
  for (const condition of conditions) {
    const key = `${condition.arg}/${condition.width}`;
    groups.set(key, [...(groups.get(key) ?? []), condition]);
  }
  return [...groups.values()].some(groupNeverHolds);
}

/** All conditions are on the same argument with the same width. */
function groupNeverHolds(conditions: readonly Condition[]): boolean {
  const { low, high } = bounds(conditions);
  if (low > high) return true;
  if (low === high) return !conditions.every((condition) => conditionHolds(condition, low));
  return masksConflict(conditions);
}

function bounds(conditions: readonly Condition[]): { low: bigint; high: bigint } {
  let low = 0n;
  let high = (1n << BigInt(conditions[0]?.width ?? 64)) - 1n;
  for (const { op, value } of conditions) {
    if (op === 'eq' || op === 'ge') low = max(low, value);
    if (op === 'eq' || op === 'le') high = min(high, value);
    if (op === 'gt') low = max(low, value + 1n);
    if (op === 'lt') high = min(high, value - 1n);
  }
  return { low, high };
}

/** Two masks that ask for different values of a bit they share. */
function masksConflict(conditions: readonly Condition[]): boolean {
  const masked = conditions.filter((condition) => condition.op === 'maskedEq');
  return masked.some((a) => masked.some((b) => ((a.value ^ b.value) & a.mask & b.mask) !== 0n));
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
