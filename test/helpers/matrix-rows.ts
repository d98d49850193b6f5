/** The calls of the in-jail matrix and how answers are judged, all from the model. */

import { actionOf, actionValue, errnoAction } from '#seccomp/action.ts';
import { decodeProgram, encodeProgram, OP } from '#seccomp/bpf.ts';
import { evaluateFilter } from '#seccomp/evaluate.ts';
import type { Action, SeccompFilter, SyscallData, SyscallEntry } from '#seccomp/ir.ts';
import { AUDIT_ARCH, syscallName, syscallNames, syscallNumber } from '#seccomp/syscalls.ts';
import { edgeArguments } from '../unit/seccomp/calls.ts';
import { AUDIT_ARCH_I386, probeRow } from './syscall-probe.ts';

export interface MatrixRow {
  /** As the probe reads it; no two rows are the same. */
  readonly text: string;
  readonly nr: number;
  readonly expected: Action;
  /** What a filter rather than the kernel may have answered, as the probe prints it. */
  readonly byFilter: ReadonlySet<string>;
}

/** As a descriptor, pointer, length, pid, signal or flag word -1 is nothing that a call could do harm with. */
const NOTHING = (1n << 64n) - 1n;
const ONES: readonly bigint[] = [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING];
const ZEROS: readonly bigint[] = [0n, 0n, 0n, 0n, 0n, 0n];
const X32_BIT = 0x40000000;
const BEYOND_TABLE = 64;
const EDGES_PER_ENTRY = 150;

/**
 * uretprobe and uprobe: recent kernels let them past every filter, because the kernel itself puts them into traced
 * programs. Nobody else gets anything from them (SIGILL and ENXIO, measured on 6.18).
 */
export const UNFILTERED_BY_KERNEL: ReadonlySet<number> = new Set([335, 336]);

/** Every number twice, its x32 and i386 forms, and both sides of every condition of the model. */
export function matrixRows(filter: SeccompFilter): readonly MatrixRow[] {
  const rows = new Map<string, MatrixRow>();
  for (const call of matrixCalls(filter)) {
    const text = probeRow(call);
    rows.set(text, {
      text,
      nr: call.nr,
      expected: evaluateFilter(filter, call),
      byFilter: filterAnswers(filter, call.nr),
    });
  }
  return [...rows.values()];
}

function* matrixCalls(filter: SeccompFilter): Generator<SyscallData> {
  const auditArch = AUDIT_ARCH[filter.arch];
  const largest = Math.max(...syscallNames(filter.arch).map((name) => syscallNumber(filter.arch, name) ?? 0));
  const numbers = Array.from({ length: largest + BEYOND_TABLE + 1 }, (_, nr) => nr);
  for (const nr of [...numbers, 1023, X32_BIT - 1]) {
    yield { auditArch, nr, args: ONES };
    yield { auditArch, nr, args: ZEROS };
  }
  for (const entry of filter.entries) {
    const nr = syscallNumber(filter.arch, entry.syscall) ?? -1;
    for (const args of conditionEdges(entry)) yield { auditArch, nr, args };
  }
  for (const nr of numbers) {
    yield { auditArch, nr: nr + X32_BIT, args: ONES };
    yield { auditArch: AUDIT_ARCH_I386, nr, args: ONES };
  }
  for (const nr of [0x7fffffff, 0x80000000, 0xffffffff]) yield { auditArch, nr, args: ONES };
}

/** Arguments that no condition looks at are nothing useful, so what a rule lets through fails in the kernel. */
function conditionEdges(entry: SyscallEntry): readonly (readonly bigint[])[] {
  if (entry.branches.length === 0) return [];
  const seen = new Set(entry.branches.flatMap(({ when }) => when.map(({ arg }) => arg as number)));
  return edgeArguments(entry, EDGES_PER_ENTRY).map((args) =>
    args.map((value, index) => (seen.has(index) ? value : NOTHING)),
  );
}

function filterAnswers(filter: SeccompFilter, nr: number): ReadonlySet<string> {
  const entry = filter.entries.find(({ syscall }) => syscallNumber(filter.arch, syscall) === nr);
  const verdicts = entry
    ? [...entry.branches, entry.otherwise].map(({ action }) => action)
    : [filter.defaultAction];
  return new Set(['killed 31', ...verdicts.flatMap((action) => answersOf(action, nr))]);
}

function answersOf(action: Action, nr: number): readonly string[] {
  if (action.kind === 'errno') return [`errno ${action.errno}`];
  if (action.kind === 'notify') return [`denied ${syscallName('x86_64', nr) ?? `syscall_${nr}`}`];
  return action.kind === 'killProcess' ? ['killed 31'] : [];
}

/** The kernel's own error numbers end far below, so an errno from here on was said by a filter. */
const MARK = 2000;
const NOTIFY_MARK = errnoAction(3999);

/**
 * The same program, instruction by instruction, but for the errnos that it returns: each is raised by 2000, and a
 * notification, which needs a listener, is an errno as well. Its answers show who said no, the filter or the kernel.
 */
export function markProgram(program: Uint8Array): Uint8Array {
  return encodeProgram(
    decodeProgram(program).map((instruction) => {
      const action = instruction.code === OP.ret ? actionOf(instruction.k) : undefined;
      return action ? { ...instruction, k: actionValue(markAction(action)) } : instruction;
    }),
  );
}

function markAction(action: Action): Action {
  if (action.kind === 'notify') return NOTIFY_MARK;
  return action.kind === 'errno' ? errnoAction(action.errno + MARK) : action;
}

/** Whether the answer of a marked program is the model's. */
export function markedAgrees({ expected }: MatrixRow, answer: string): boolean {
  if (expected.kind === 'allow') return answer !== 'killed 31' && !(errnoOf(answer) >= MARK);
  return answersOf(markAction(expected), 0).includes(answer);
}

/** Whether the answer in a supervised run is the model's; `marked` is that of the marked program to the same row. */
export function runAgrees(row: MatrixRow, answer: string, marked: string): boolean {
  if (row.expected.kind !== 'allow') return answersOf(row.expected, row.nr).includes(answer);
  return !row.byFilter.has(answer) || marked === answer;
}

function errnoOf(answer: string): number {
  return Number(/^errno (\d+)$/.exec(answer)?.[1] ?? 0);
}
