/**
 * One mutant for each rule that no policy can lift, under a profile that allows everything else: with a narrower one, that
 * would refuse the same calls by itself. Both filters of a run come from these rules, so the launcher's is gone throughout.
 */
import type { Prepared, SeccompFilter } from '#internal.ts';
import { compileFilter } from '#seccomp/compile.ts';
import { NO_LAUNCHER_FILTER, outerFilter } from './controls.ts';
import { type Mutant, onSpec, type Removal } from './mutant.ts';

/** Of all attacks, what tells a call that the filter refused from one that the kernel did. */
const ATTACKS = [
  ...['sc-matrix', 'sc-argument-rules', 'sc-argbits-ioctl', 'sc-argbits-socket', 'sc-personality'],
  ...['sc-filter-stack', 'pr-affinity'],
];

type Entry = SeccompFilter['entries'][number];

const OPEN_LAUNCHER_FILTER: Removal = { id: 'launcher filter', remove: outerFilter };

export function filterMutants({ filter }: Prepared): readonly Mutant[] {
  const rules = new Map<string, Entry[]>();
  for (const entry of filter.model.entries.filter(isPrologue))
    rules.set(keyOf(entry), [...(rules.get(keyOf(entry)) ?? []), entry]);
  const lifted = [...rules.values()].map(
    (entries): Removal => ({ id: `filter: ${nameOf(entries)}`, remove: liftAll(filter.model, entries) }),
  );
  const abi: Mutant = {
    id: 'filter: no other ABI',
    attacks: ['sc-int80', 'sc-x32'],
    remove: onSpec((spec) => ({ filter: withoutKills(spec.filter) })),
    behind: NO_LAUNCHER_FILTER,
  };
  return [...lifted.map((one) => ({ ...one, attacks: ATTACKS, behind: OPEN_LAUNCHER_FILTER })), abi];
}

function isPrologue({ branches, otherwise }: Entry): boolean {
  return [...branches, otherwise].some(
    ({ source, action }) => source === 'prologue' && action.kind !== 'allow',
  );
}

/** Calls that are held for one reason are one rule; a guard is one of its own. */
function keyOf({ syscall, branches, otherwise }: Entry): string {
  return branches.length > 0 ? syscall : otherwise.why;
}

const MAX_NAMED = 3;

function nameOf(entries: readonly Entry[]): string {
  const calls = entries.map(({ syscall }) => syscall);
  if (entries.some(({ branches }) => branches.length > 0)) return `arguments of ${calls.join()}`;
  const more = calls.length > MAX_NAMED ? ` and ${calls.length - MAX_NAMED} more` : '';
  return `${calls.slice(0, MAX_NAMED).join(', ')}${more}`;
}

function liftAll(model: SeccompFilter, entries: readonly Entry[]) {
  const names = new Set(entries.map(({ syscall }) => syscall));
  const changed = model.entries.map((entry): Entry => {
    if (!names.has(entry.syscall)) return entry;
    return { syscall: entry.syscall, branches: [], otherwise: { action: { kind: 'allow' }, why: 'lifted' } };
  });
  return onSpec(() => ({ filter: compileFilter({ ...model, entries: changed }) }));
}

/** BPF_RET of linux/filter.h, and the actions of linux/seccomp.h. */
const RETURN = 0x06;
const KILL_PROCESS = 0x80000000;
const ALLOW = 0x7fff0000;

/** Under this profile only calls of another ABI end a program. */
function withoutKills(program: Uint8Array): Uint8Array {
  const bytes = Buffer.from(program);
  for (let at = 0; at < bytes.length; at += 8) {
    const isKill = bytes.readUInt16LE(at) === RETURN && bytes.readUInt32LE(at + 4) === KILL_PROCESS;
    if (isKill) bytes.writeUInt32LE(ALLOW, at + 4);
  }
  return new Uint8Array(bytes);
}
