/**
 * Sets of argument values as cubes: some bits of some arguments are fixed, all others are free. libseccomp has no order
 * of rules and takes one comparison for each argument, so a model with ordered branches is given to it in this form.
 */
import type { ArgIndex, Condition } from '#seccomp/ir.ts';

interface Bits {
  readonly mask: bigint;
  /** No bits outside the mask. */
  readonly value: bigint;
}

/** Arguments that are missing are free. */
export type Cube = ReadonlyMap<ArgIndex, Bits>;

export const EVERYTHING: Cube = new Map();
const FREE: Bits = { mask: 0n, value: 0n };

/** Cubes that together hold what satisfies every condition; `undefined` when there are more than `most`. */
export function cubesOf(when: readonly Condition[], most: number): readonly Cube[] | undefined {
  const factors = when.map(conditionCubes);
  if (factors.reduce((product, { length }) => product * length, 1) > most) return undefined;
  return factors.reduce(intersect, [EVERYTHING]);
}

function conditionCubes(condition: Condition): readonly Cube[] {
  const { arg, op, value, width } = condition;
  const all = (1n << BigInt(width)) - 1n;
  const one = (bits: Bits): Cube => new Map([[arg, bits]]);
  const equal = one({ mask: all, value });
  switch (op) {
    case 'eq':
      return [equal];
    case 'maskedEq':
      return [one({ mask: condition.mask, value })];
    case 'ne':
      return subtract([EVERYTHING], equal, all);
    case 'gt':
      return beyond(value, width, true).map(one);
    case 'ge':
      return [equal, ...beyond(value, width, true).map(one)];
    case 'lt':
      return beyond(value, width, false).map(one);
    case 'le':
      return [equal, ...beyond(value, width, false).map(one)];
  }
}

/** Values above (or below) another share its bits down to one where they have a 1 for its 0 (or a 0 for its 1). */
function beyond(value: bigint, width: number, above: boolean): readonly Bits[] {
  const all = (1n << BigInt(width)) - 1n;
  return Array.from({ length: width }, (_, index) => 1n << BigInt(index)).flatMap((bit) => {
    if (((value & bit) === 0n) !== above) return [];
    const mask = all & ~(bit - 1n);
    return [{ mask, value: (value ^ bit) & mask }];
  });
}

export function intersect(a: readonly Cube[], b: readonly Cube[]): readonly Cube[] {
  return a.flatMap((first) => b.flatMap((second) => meet(first, second)));
}

function meet(a: Cube, b: Cube): readonly Cube[] {
  const result = new Map(a);
  for (const [arg, bits] of b) {
    const own = a.get(arg) ?? FREE;
    if (((own.value ^ bits.value) & own.mask & bits.mask) !== 0n) return [];
    result.set(arg, { mask: own.mask | bits.mask, value: own.value | bits.value });
  }
  return [result];
}

/** What is left of `cubes` without `hole`, as cubes that do not overlap. */
export function subtract(cubes: readonly Cube[], hole: Cube, most = (1n << 64n) - 1n): readonly Cube[] {
  return cubes.flatMap((cube) => (meet(cube, hole).length === 0 ? [cube] : shatter(cube, hole, most)));
}

/** Bit by bit: first what differs from the hole in its highest bit, then what agrees in that one and differs in the next. */
function shatter(cube: Cube, hole: Cube, most: bigint): readonly Cube[] {
  const pieces: Cube[] = [];
  let agreed = cube;
  for (const [arg, { mask, value }] of hole) {
    for (let bit = 1n << 63n; bit > 0n; bit >>= 1n) {
      const own = agreed.get(arg) ?? FREE;
      if ((mask & most & bit) === 0n || (own.mask & bit) !== 0n) continue;
      const fixed = own.mask | bit;
      pieces.push(new Map(agreed).set(arg, { mask: fixed, value: own.value | (~value & bit) }));
      agreed = new Map(agreed).set(arg, { mask: fixed, value: own.value | (value & bit) });
    }
  }
  return pieces;
}
