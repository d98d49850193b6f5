/** What the bytes of a filter say of a call, and what was answered, in the same words. */
import { errnoName } from '#escape/answers.ts';
import { isKill } from '#escape/judging.ts';
import type { Facts, ProbeAnswer } from '#escape/types.ts';
import { AUDIT_ARCH, simulateProgram } from '#internal.ts';

/** `allow`, `kill`, or the name of an errno. */
export function predict({ arch }: Facts, filter: Uint8Array, nr: number, args: readonly bigint[]): string {
  const six = Array.from({ length: 6 }, (_, index) => BigInt.asUintN(64, args[index] ?? 0n));
  const [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n] = six;
  const action = simulateProgram(filter, { auditArch: AUDIT_ARCH[arch], nr, args: [a, b, c, d, e, f] });
  if (action.kind === 'errno') return errnoName(action.errno);
  return action.kind === 'allow' || action.kind === 'log' ? 'allow' : 'kill';
}

/** `kill`, `success`, the name of an errno; null when the call was not answered, and `describeEnd` may say why. */
export function answered(answer: ProbeAnswer): string | null {
  const [made] = answer.calls;
  if (isKill(answer)) return 'kill';
  return made === undefined ? null : (made.errno ?? 'success');
}
