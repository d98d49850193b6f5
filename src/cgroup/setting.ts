import { WarderError } from '#error/warder-error.ts';
import type { CgroupAbility } from './types.ts';

/** One write to one knob. Settings are decided as a list first and written in its order, so tests compare lists. */
export interface KnobWrite {
  readonly dir: string;
  readonly file: string;
  readonly data: string;
}

/** A setting that this host has no controller or knob for: never skipped in silence. */
export function unenforceable(
  control: CgroupAbility,
  why: string,
): WarderError<'HOST_CONTROL_UNENFORCEABLE'> {
  return new WarderError('HOST_CONTROL_UNENFORCEABLE', `cannot limit ${control}: ${why}`, {
    details: { controls: [{ control, why }] },
  });
}
