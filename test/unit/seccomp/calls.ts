import { evaluateFilter } from '#seccomp/evaluate.ts';
import type { Action, Condition, SeccompFilter, SyscallData, SyscallEntry } from '#seccomp/ir.ts';
import { AUDIT_ARCH, syscallNumber } from '#seccomp/syscalls.ts';

export const ZEROS: readonly bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];
const I386 = 0x40000003;
export const FOREIGN_ARCHES = [I386, AUDIT_ARCH.aarch64 ^ 0x80000000, 0, 0xffffffff];
const TOP = (1n << 64n) - 1n;

/** The edges of a condition, with and without bits that a 32-bit comparison must not see. */
function edges(condition: Condition): readonly bigint[] {
  const values = [condition.value, condition.value - 1n, condition.value + 1n, 0n, TOP];
  if (condition.op === 'maskedEq') values.push(condition.mask, condition.value | (TOP ^ condition.mask));
  return [
    ...values,
    ...values.map((value) => value ^ (1n << 32n)),
    ...values.map((value) => value ^ (1n << 63n)),
  ].map((value) => BigInt.asUintN(64, value));
}

/** Up to `limit` numbers below `count`, evenly spread, always the first. */
function spread(count: number, limit: number): readonly number[] {
  const taken = Math.min(count, limit);
  return Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
}

/**
 * Arguments at the edges of an entry's conditions, at most about 2 × `limit`: arguments that fit a branch with one of
 * them moved to an edge, then combinations of edges of all arguments.
 */
export function edgeArguments(entry: SyscallEntry, limit: number): readonly (readonly bigint[])[] {
  const conditions = entry.branches.flatMap(({ when }) => when);
  const values = ZEROS.map((_, arg) => [
    ...new Set(conditions.filter((one) => one.arg === arg).flatMap(edges)),
  ]);
  const moves = values.flatMap((list, arg) => list.map((value) => ({ arg, value })));
  const bases = [ZEROS, ...entry.branches.map(({ when }) => fitting(when))];
  const moved = spread(bases.length * moves.length, limit).flatMap((index) => {
    const move = moves[index % moves.length];
    const base = bases[Math.floor(index / moves.length)] ?? ZEROS;
    return move ? [base.with(move.arg, move.value)] : [];
  });
  const total = values.reduce((product, list) => product * Math.max(1, list.length), 1);
  return [
    ...bases.slice(0, limit),
    ...moved,
    ...spread(total, limit).map((index) => combination(values, index)),
  ];
}

/** Holds for branches of equalities; for others it is merely near. */
function fitting(when: readonly Condition[]): readonly bigint[] {
  return when.reduce<readonly bigint[]>(
    (args, { arg, value }) => args.with(arg, (args[arg] ?? 0n) | value),
    ZEROS,
  );
}

function combination(values: readonly (readonly bigint[])[], index: number): readonly bigint[] {
  let rest = index;
  return values.map((list) => {
    const value = list[rest % Math.max(1, list.length)] ?? 0n;
    rest = Math.floor(rest / Math.max(1, list.length));
    return value;
  });
}

/** Every number 0…1023, the edges of the number space, each ABI, and the edges of every argument. */
export function* boundaryCalls(filter: SeccompFilter, perEntry = 3000): Generator<SyscallData> {
  const auditArch = AUDIT_ARCH[filter.arch];
  const far = [0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, 0x80000000, 0xffffffff];
  for (const nr of [...Array.from({ length: 1024 }, (_, index) => index), ...far]) {
    yield { auditArch, nr, args: ZEROS };
    for (const foreign of FOREIGN_ARCHES) yield { auditArch: foreign, nr, args: ZEROS };
  }
  for (const entry of filter.entries) {
    const nr = syscallNumber(filter.arch, entry.syscall) ?? -1;
    for (const args of edgeArguments(entry, perEntry)) yield { auditArch, nr, args };
  }
}

/** The calls on which a compiled filter and its model differ; the first few are enough to see why. */
export function disagreements(
  filter: SeccompFilter,
  run: (call: SyscallData) => Action,
  perEntry?: number,
): readonly string[] {
  const found: string[] = [];
  for (const call of boundaryCalls(filter, perEntry)) {
    const expected = JSON.stringify(evaluateFilter(filter, call));
    const actual = JSON.stringify(run(call));
    if (actual !== expected) found.push(`${describeCall(call)}: ${actual}, model ${expected}`);
    if (found.length >= 5) break;
  }
  return found;
}

function describeCall({ auditArch, nr, args }: SyscallData): string {
  return `arch ${auditArch.toString(16)} nr ${nr} (${args.map((value) => value.toString(16)).join(', ')})`;
}
