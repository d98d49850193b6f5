import { KILL_PROCESS } from './action.ts';
import type { Action, Condition, SeccompFilter, SyscallData } from './ir.ts';
import { AUDIT_ARCH, syscallNumber } from './syscalls.ts';

/** Numbers from here on are x32 calls: the same calls with another layout of their arguments (__X32_SYSCALL_BIT). */
export const X32_SYSCALL_BIT = 0x40000000;

/** What the model says, straight from its definition: the reference that compiled filters are compared with. */
export function evaluateFilter(filter: SeccompFilter, call: SyscallData): Action {
  if (call.auditArch !== AUDIT_ARCH[filter.arch]) return KILL_PROCESS;
  if (filter.arch === 'x86_64' && call.nr >= X32_SYSCALL_BIT) return KILL_PROCESS;
  const entry = filter.entries.find(({ syscall }) => syscallNumber(filter.arch, syscall) === call.nr);
  if (!entry) return filter.defaultAction;
  const branch = entry.branches.find(({ when }) =>
    when.every((condition) => conditionHolds(condition, call.args[condition.arg] ?? 0n)),
  );
  return (branch ?? entry.otherwise).action;
}

export function conditionHolds(condition: Condition, argument: bigint): boolean {
  const seen = BigInt.asUintN(condition.width, argument);
  switch (condition.op) {
    case 'eq':
      return seen === condition.value;
    case 'ne':
      return seen !== condition.value;
    case 'lt':
      return seen < condition.value;
    case 'le':
      return seen <= condition.value;
    case 'gt':
      return seen > condition.value;
    case 'ge':
      return seen >= condition.value;
    case 'maskedEq':
      return (seen & condition.mask) === condition.value;
  }
}
