/** What `warder escape` is asked to attack: every policy on every engine, and plain launchers beside them. */
import { type EscapeReport, type Target, targetName } from '#escape/index.ts';
import { usageError } from './usage-error.ts';

export interface TargetOptions {
  readonly policy: readonly string[];
  readonly engine: readonly ('auto' | 'bubblewrap' | 'nsjail')[];
  readonly rootfs?: string;
  readonly target: readonly ('plain-bwrap' | 'plain-nsjail')[];
}

/** @throws WarderError REQUEST_INVALID for options that would be without effect */
export function targetsOf({ policy, engine, rootfs, target }: TargetOptions): readonly Target[] {
  const plain = target.map((kind) => ({ kind }));
  if (plain.length > 0 && policy.length === 0) {
    const idle = engine.length > 0 ? '--engine' : rootfs === undefined ? null : '--rootfs';
    if (idle === null) return plain;
    throw usageError(
      idle,
      'says nothing of a plain launcher',
      'Name a policy to attack as well: --policy strict',
    );
  }
  const policies = policy.length > 0 ? policy : ['strict'];
  const engines = engine.length > 0 ? engine : (['auto'] as const);
  const chosen = rootfs === undefined ? {} : { rootfs };
  const attacked = policies.flatMap((name) =>
    engines.map((one) => ({ kind: 'warder' as const, policy: name, engine: one, ...chosen })),
  );
  return [...attacked, ...plain];
}

/** A report of other targets would show that nothing changed, whatever did. @throws WarderError REQUEST_INVALID */
export function requireCommonTarget(before: EscapeReport, targets: readonly Target[]): void {
  const known = before.targets.map(({ target }) => targetName(target));
  if (targets.some((target) => known.includes(targetName(target)))) return;
  const names = known.length === 0 ? 'nothing' : known.join(', ');
  const wanted = targets.map(targetName).join(', ');
  throw usageError(
    '--baseline',
    `it is a report of ${names}, not of ${wanted}`,
    'Name the targets that it names',
  );
}
