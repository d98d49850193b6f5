/**
 * Model → classic BPF. The program checks the ABI, finds the call's number by binary search, then runs the entry's
 * branches. Every leaf returns at once, so no path is longer than the search plus one entry. Numbers in a row that
 * share an unconditional action are one leaf; since Linux 5.11 the kernel caches numbers that are always allowed
 * (seccomp_cache_prepare), which works because nothing but arch and nr is read before an entry.
 */
import { WarderError } from '#error/warder-error.ts';
import { actionValue, KILL_PROCESS } from './action.ts';
import { assemble, type Label, type Node } from './assemble.ts';
import { DATA_OFFSET, encodeProgram, MAX_INSTRUCTIONS, OP } from './bpf.ts';
import { conditionNodes } from './compile-condition.ts';
import { X32_SYSCALL_BIT } from './evaluate.ts';
import type { Action, SeccompFilter, SyscallEntry } from './ir.ts';
import { AUDIT_ARCH, syscallNumber } from './syscalls.ts';
import { validateFilter } from './validate.ts';

/** What one stretch of numbers does: one action, or the branches of an entry. */
type Leaf = Action | SyscallEntry;

interface Range {
  /** First number; the range ends where the next begins. */
  readonly first: number;
  readonly leaf: Leaf;
}

/** Names places for the assembler. */
class Labels {
  #next = 0;

  create(): Label {
    return { id: this.#next++ };
  }
}

/**
 * Little-endian struct sock_filter[]; the same filter always gives the same bytes.
 * @throws WarderError SECCOMP_INVALID when the filter is not valid or needs more than 4096 instructions.
 */
export function compileFilter(filter: SeccompFilter): Uint8Array {
  validateFilter(filter);
  const labels = new Labels();
  const instructions = assemble([...abiNodes(filter, labels), ...searchNodes(toRanges(filter), labels)]);
  if (instructions.length > MAX_INSTRUCTIONS) {
    const message = `the filter needs ${instructions.length} instructions; the kernel takes ${MAX_INSTRUCTIONS}`;
    throw new WarderError('SECCOMP_INVALID', message, { details: { issues: [{ path: '', message }] } });
  }
  return encodeProgram(instructions);
}

function abiNodes(filter: SeccompFilter, labels: Labels): Node[] {
  const known = labels.create();
  return [
    { kind: 'plain', code: OP.load, k: DATA_OFFSET.arch },
    { kind: 'branch', code: OP.jumpEqual, k: AUDIT_ARCH[filter.arch], ifTrue: known },
    returnNode(KILL_PROCESS),
    { kind: 'label', label: known },
    { kind: 'plain', code: OP.load, k: DATA_OFFSET.nr },
  ];
}

/** Covers every 32-bit number; neighbours with the same action are one range. */
function toRanges(filter: SeccompFilter): readonly Range[] {
  const ranges: Range[] = [{ first: 0, leaf: filter.defaultAction }];
  const add = (range: Range): void => {
    const last = ranges.at(-1);
    if (last?.first === range.first) ranges.pop();
    const before = ranges.at(-1);
    if (!before || !sameLeaf(before.leaf, range.leaf)) ranges.push(range);
  };
  for (const { number, entry } of numbered(filter)) {
    add({ first: number, leaf: entry.branches.length === 0 ? entry.otherwise.action : entry });
    add({ first: number + 1, leaf: filter.defaultAction });
  }
  if (filter.arch === 'x86_64') add({ first: X32_SYSCALL_BIT, leaf: KILL_PROCESS });
  return ranges;
}

function numbered(
  filter: SeccompFilter,
): readonly { readonly number: number; readonly entry: SyscallEntry }[] {
  return filter.entries
    .flatMap((entry) => {
      const number = syscallNumber(filter.arch, entry.syscall);
      return number === undefined ? [] : [{ number, entry }];
    })
    .sort((a, b) => a.number - b.number);
}

function sameLeaf(a: Leaf, b: Leaf): boolean {
  return 'kind' in a && 'kind' in b && actionValue(a) === actionValue(b);
}

/** Expects the number in A. The lower half follows its test, so only jumps over it can be long. */
function searchNodes(ranges: readonly Range[], labels: Labels): Node[] {
  const [only] = ranges;
  if (ranges.length <= 1) return only ? leafNodes(only.leaf, labels) : [];
  const middle = Math.ceil(ranges.length / 2);
  const upper = labels.create();
  return [
    { kind: 'branch', code: OP.jumpGreaterEqual, k: ranges[middle]?.first ?? 0, ifTrue: upper },
    ...searchNodes(ranges.slice(0, middle), labels),
    { kind: 'label', label: upper },
    ...searchNodes(ranges.slice(middle), labels),
  ];
}

function leafNodes(leaf: Leaf, labels: Labels): Node[] {
  return 'kind' in leaf ? [returnNode(leaf)] : entryNodes(leaf, labels);
}

function entryNodes(entry: SyscallEntry, labels: Labels): Node[] {
  const branches = entry.branches.flatMap(({ when, action }) => {
    const no = labels.create();
    const tests = when.flatMap((condition): Node[] => {
      const yes = labels.create();
      return [...conditionNodes(condition, { yes, no }, labels), { kind: 'label', label: yes }];
    });
    return [...tests, returnNode(action), { kind: 'label', label: no } as const];
  });
  return [...branches, returnNode(entry.otherwise.action)];
}

function returnNode(action: Action): Node {
  return { kind: 'plain', code: OP.ret, k: actionValue(action) };
}
