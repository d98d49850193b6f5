import { syscallNumber } from '#internal.ts';
import type { Facts } from './types.ts';

/**
 * The probe's raw call, by name; see `sys` in docs/escape.md for the form of arguments.
 * @throws RangeError where the architecture has no such call
 */
export function call(arch: Facts['arch'], name: string, ...args: readonly string[]): readonly string[] {
  const number = syscallNumber(arch, name);
  if (number === undefined) throw new RangeError(`${arch} has no call ${name}`);
  return ['sys', name, String(number), ...args];
}

function hasCall(arch: Facts['arch'], name: string): boolean {
  return syscallNumber(arch, name) !== undefined;
}

/** One item for each call that the architecture has, under the call's own name. */
export function callsOf(
  arch: Facts['arch'],
  calls: Readonly<Record<string, readonly string[]>>,
): readonly { readonly name: string; readonly argv: readonly string[] }[] {
  return Object.entries(calls)
    .filter(([name]) => hasCall(arch, name))
    .map(([name, args]) => ({ name, argv: call(arch, name, ...args) }));
}
