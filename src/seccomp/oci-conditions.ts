import type { ArgIndex, Comparison } from './ir.ts';
import type { OciArgument, OciOp } from './oci-types.ts';
import type { ProfileCondition } from './profile.ts';

const OPS: { readonly [O in Exclude<OciOp, 'SCMP_CMP_MASKED_EQ'>]: Comparison['op'] } = {
  SCMP_CMP_NE: 'ne',
  SCMP_CMP_LT: 'lt',
  SCMP_CMP_LE: 'le',
  SCMP_CMP_EQ: 'eq',
  SCMP_CMP_GE: 'ge',
  SCMP_CMP_GT: 'gt',
};

const INDEXES = [0, 1, 2, 3, 4, 5] as const;

/**
 * The alternatives that a rule's `args` stand for, each a conjunction. As in runc, several conditions on one argument
 * are alternatives, and otherwise all must hold. Comparisons have 64 bits, as libseccomp makes them.
 */
export function ociConditions(args: readonly OciArgument[]): readonly (readonly ProfileCondition[])[] {
  const conditions = args.map(toCondition);
  const indexes = args.map(({ index }) => index);
  const repeats = new Set(indexes).size < indexes.length;
  return repeats ? conditions.map((condition) => [condition]) : [conditions];
}

function toCondition({ index, op, value, valueTwo }: OciArgument): ProfileCondition {
  const arg: ArgIndex = INDEXES.find((known) => known === index) ?? 0;
  const wide = { arg, width: 64 } as const;
  if (op === 'SCMP_CMP_MASKED_EQ')
    return { op: 'maskedEq', ...wide, mask: BigInt(value), value: BigInt(valueTwo ?? 0) };
  return { op: OPS[op], ...wide, value: BigInt(value) };
}
