import { WarderError } from '#error/warder-error.ts';
import type { CgroupAbility } from './types.ts';

/** One write to one knob. Settings are decided as a list first and written in its order, so tests compare lists. */
export interface KnobWrite {
  readonly dir: string;
  readonly file: string;
  readonly data: string;
  /** What a kernel without such a file cannot enforce; not given where that is just a failed write. */
  readonly ifMissing?: { readonly control: CgroupAbility; readonly why: string };
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
