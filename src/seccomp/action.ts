import { errnoName } from './errno.ts';
import type { Action } from './ir.ts';

export const ALLOW: Action = { kind: 'allow' };
export const KILL_PROCESS: Action = { kind: 'killProcess' };
export const NOTIFY: Action = { kind: 'notify' };

export function errnoAction(errno: number): Action {
  return { kind: 'errno', errno };
}

export function sameAction(a: Action, b: Action): boolean {
  return actionValue(a) === actionValue(b);
}

/** SECCOMP_RET_* of <linux/seccomp.h>; the errno is in the lower 16 bits. */
const RETURN_VALUES = {
  killProcess: 0x80000000,
  trap: 0x00030000,
  errno: 0x00050000,
  notify: 0x7fc00000,
  log: 0x7ffc0000,
  allow: 0x7fff0000,
} as const;

/** What a filter returns for an action. */
export function actionValue(action: Action): number {
  return action.kind === 'errno' ? RETURN_VALUES.errno + action.errno : RETURN_VALUES[action.kind];
}

/** The action of a returned value; `undefined` for values that no filter of ours returns (KILL_THREAD, TRACE, …). */
export function actionOf(value: number): Action | undefined {
  const errno = value - RETURN_VALUES.errno;
  if (errno >= 0 && errno <= 0xffff) return errnoAction(errno);
  const plain = [KILL_PROCESS, { kind: 'trap' }, NOTIFY, { kind: 'log' }, ALLOW] as const;
  return plain.find((action) => actionValue(action) === value);
}

/** `allow`, `errno EPERM`, `kill process`, as listings print it. */
export function describeAction(action: Action): string {
  if (action.kind === 'killProcess') return 'kill process';
  return action.kind === 'errno' ? `errno ${errnoName(action.errno)}` : action.kind;
}

/** Negative when the kernel prefers `a` where several filters answer: the smaller value, signed (seccomp(2)). */
export function compareStrictness(a: Action, b: Action): number {
  return strength(a) - strength(b);
}

/** The action without its data: of two errno values neither is stricter. */
function strength(action: Action): number {
  return RETURN_VALUES[action.kind] | 0;
}
