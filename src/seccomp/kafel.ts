/**
 * Model → kafel text, the language in which nsjail takes a filter. It says exactly what the model says, within what the
 * language can express (kafel's parser.y, range_rules.c and codegen.c):
 *
 * - Calls are numbers, with the name as a comment: kafel's own names differ from the kernel's, and older builds know fewer.
 * - Of several rules for one number the first one that holds decides, so branches keep their order.
 * - Numbers and names of our tables are all that is written: no text of a policy gets in here.
 *
 * What it cannot say: kafel always answers another architecture with KILL, which ends the thread only; there are no ranges,
 * so the guard of the x32 ABI is the default action where that refuses, and a list of numbers where it does not; and a
 * notification needs a listener, which nobody is here, so such a rule ends the process instead.
 */
import { WarderError } from '#error/warder-error.ts';
import { MAX_INSTRUCTIONS } from './bpf.ts';
import { X32_SYSCALL_BIT } from './evaluate.ts';
import type { Action, SeccompFilter, SyscallEntry } from './ir.ts';
import { KAFEL_ARGUMENTS, kafelCondition } from './kafel-condition.ts';
import { syscallNumber } from './syscalls.ts';
import { invalidSeccomp, validateFilter } from './validate.ts';

/** kafel refuses an expression that is 200 deep (expression.h); a chain of `&&` is as deep as it is long, plus the operands. */
const MAX_CONDITIONS = 190;
/** x32 ends at 547 and shares what is added to x86_64 below 512, which is at 470 (syscall_64.tbl). */
const X32_CALLS = 552;
const X32_PER_LINE = 8;

/**
 * A policy for kafel on the filter's own architecture, lines ending in `\n`; the same filter always gives the same text.
 * @throws WarderError SECCOMP_INVALID when the filter is not valid or cannot be a kafel policy
 */
export function emitKafel(filter: SeccompFilter): string {
  validateFilter(filter);
  requireKafelLimits(filter);
  const statements = [...plainStatements(filter), ...filter.entries.flatMap(conditional(filter))];
  return `${[...statements, ...x32Statements(filter)].join(',\n')}\nDEFAULT ${kafelAction(filter.defaultAction)}\n`.trimStart();
}

/** Calls whose arguments do not matter, one block for each action, in the order of the first call of each. */
function plainStatements({ arch, entries }: SeccompFilter): readonly string[] {
  const plain = entries.filter(({ branches }) => branches.length === 0);
  const actions = new Set(plain.map(({ otherwise }) => kafelAction(otherwise.action)));
  return [...actions].map((action) => {
    const group = plain.filter(({ otherwise }) => kafelAction(otherwise.action) === action);
    const lines = group.map(({ syscall }, index) => {
      const comma = index + 1 < group.length ? ',' : '';
      return `  ${call(arch, syscall)}${comma} // ${name(syscall)}\n`;
    });
    return `${action} {\n${lines.join('')}}`;
  });
}

/** One statement for each branch, and one without a condition for the rest. */
function conditional({ arch }: SeccompFilter): (entry: SyscallEntry) => readonly string[] {
  return ({ syscall, branches, otherwise }) => {
    if (branches.length === 0) return [];
    const number = call(arch, syscall);
    const rules = branches.map(({ when, action }) => {
      const condition = when.map(kafelCondition).join(' && ');
      return `${kafelAction(action)} { ${number}${KAFEL_ARGUMENTS} { ${condition} } }`;
    });
    const last = `${kafelAction(otherwise.action)} { ${number} }`;
    return [`// ${name(syscall)}\n${rules[0]}`, ...rules.slice(1), last];
  };
}

/** Without a list, an x32 number would meet the default action: fine where that refuses, a way around where it does not. */
function x32Statements({ arch, defaultAction }: SeccompFilter): readonly string[] {
  const lets = defaultAction.kind === 'allow' || defaultAction.kind === 'log';
  if (arch !== 'x86_64' || !lets) return [];
  const lines = Array.from({ length: X32_CALLS / X32_PER_LINE }, (_, line) =>
    Array.from({ length: X32_PER_LINE }, (__, at) => {
      const number = X32_SYSCALL_BIT + line * X32_PER_LINE + at;
      return `SYSCALL[0x${number.toString(16)}]`;
    }).join(', '),
  );
  return [`// every number of the x32 ABI\nKILL_PROCESS {\n  ${lines.join(',\n  ')}\n}`];
}

/** Never KILL, which ends one thread and leaves the others waiting for it. */
function kafelAction(action: Action): string {
  switch (action.kind) {
    case 'allow':
      return 'ALLOW';
    case 'log':
      return 'LOG';
    case 'trap':
      return 'TRAP(0)';
    case 'errno':
      return `ERRNO(${action.errno})`;
    case 'killProcess':
    case 'notify':
      return 'KILL_PROCESS';
  }
}

function call(arch: SeccompFilter['arch'], syscall: string): string {
  const number = syscallNumber(arch, syscall);
  if (number === undefined) throw bug(`${syscall} has no number`);
  return `SYSCALL[${number}]`;
}

/** The name, which ends up in a comment and must not end it. */
function name(syscall: string): string {
  if (!/^[a-z0-9_]+$/.test(syscall)) throw bug(`${JSON.stringify(syscall)} is not a name of a table`);
  return syscall;
}

function bug(what: string): WarderError {
  return new WarderError('INTERNAL_BUG', `cannot write kafel: ${what}`, { details: { what } });
}

/** What certainly does not fit; what nearly does is refused by the kernel, and nsjail then starts nothing. */
function requireKafelLimits({ entries }: SeccompFilter): void {
  const branches = entries.flatMap((entry, at) =>
    entry.branches.map(({ when }, index) => ({ when, path: `entries.${at}.branches.${index}` })),
  );
  const deep = branches.filter(({ when }) => when.length > MAX_CONDITIONS);
  const issues = deep.map(({ when, path }) => ({
    path,
    message: `${when.length} conditions in one branch; kafel takes ${MAX_CONDITIONS}`,
  }));
  // Each condition is a jump at least, and each branch loads an argument first.
  const instructions = branches.reduce((sum, { when }) => sum + when.length + 1, 0);
  if (instructions > MAX_INSTRUCTIONS) {
    const message = `the conditions need ${instructions} instructions or more; the kernel takes ${MAX_INSTRUCTIONS}`;
    issues.push({ path: '', message });
  }
  if (issues.length > 0) throw invalidSeccomp('the filter cannot be written for kafel', issues);
}
