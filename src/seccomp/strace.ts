/** What strace(1) wrote with `-f -o FILE`: one line per call, `PID name(arguments) = result`. */

export interface TracedCalls {
  /** How often each call was made, by name. */
  readonly counts: ReadonlyMap<string, number>;
  /** Numbers that this strace has no name for. */
  readonly unnamed: readonly number[];
  /** A process of another ABI was traced: strace names its calls as well, though the numbers are others. */
  readonly foreignAbi: boolean;
}

/** Reads a trace; a call that another thread interrupted counts at its first half only. */
export function parseTrace(text: string): TracedCalls {
  const counts = new Map<string, number>();
  const unnamed = new Set<number>();
  for (const name of calledNames(text)) {
    const number = /^syscall_0x([0-9a-f]+)$/.exec(name)?.[1];
    if (number === undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
    else unnamed.add(Number.parseInt(number, 16));
  }
  return { counts, unnamed: [...unnamed], foreignAbi: /runs in (?:32 bit|x32) mode/.test(text) };
}

/** `<... read resumed>` begins with `<`, exit and signal lines with `+` and `-`: none of them looks like a call. */
function* calledNames(text: string): Generator<string> {
  for (const [, name] of text.matchAll(/^(?:\d+ +)?([a-z_][a-z0-9_]*)\(/gm)) {
    // arch_prctl and others are printed as they are; strace's own `????` for an unreadable call has no name.
    if (name !== undefined) yield name;
  }
}
