/** The text of `disassembleProgram` back to bytes: listings that people edit, compare and keep can be run. */
import type { InputIssue } from '#error/codes.ts';
import { actionValue, describeAction, errnoAction } from './action.ts';
import { DATA_OFFSET, encodeProgram, type Instruction, OP } from './bpf.ts';
import { fieldName } from './disassemble.ts';
import type { Action } from './ir.ts';
import { invalidSeccomp } from './validate.ts';

/** MAX_ERRNO, <linux/err.h>: the errnos that a name can stand for. */
const MAX_ERRNO = 4095;
const TESTS = { jeq: OP.jumpEqual, jgt: OP.jumpGreater, jge: OP.jumpGreaterEqual } as const;
const NUMBER = '(0x[0-9a-f]{1,8}|[0-9]{1,10})';

/** Words that stand for a number in a listing. */
interface Words {
  readonly fields: ReadonlyMap<string, number>;
  readonly actions: ReadonlyMap<string, number>;
}

/**
 * The program of a listing, little-endian struct sock_filter[]. Empty lines and what follows a `#` do not count. What
 * the kernel would say to the program is `validateProgram`'s to tell.
 * @throws WarderError SECCOMP_INVALID with every line that is not understood, and its number
 */
export function assembleText(text: string): Uint8Array {
  const words = listWords();
  const instructions: Instruction[] = [];
  const issues: InputIssue[] = [];
  for (const [index, whole] of text.split('\n').entries()) {
    const line = whole.replace(/#.*/, '').trim();
    if (line === '') continue;
    const parsed = parseLine(line, instructions.length + issues.length, words);
    if (typeof parsed !== 'string') instructions.push(parsed);
    else issues.push({ path: '', line: index + 1, message: `line ${index + 1}: ${parsed}` });
  }
  if (issues.length > 0) throw invalidSeccomp('the listing cannot be assembled', issues);
  return encodeProgram(instructions);
}

/** Made from the printing side, so that the two cannot disagree. */
function listWords(): Words {
  const plain: readonly Action[] = [
    { kind: 'allow' },
    { kind: 'killProcess' },
    { kind: 'notify' },
    { kind: 'trap' },
    { kind: 'log' },
  ];
  const errnos = Array.from({ length: MAX_ERRNO + 1 }, (_, errno) => errnoAction(errno));
  const offsets = Array.from({ length: DATA_OFFSET.bytes / 4 }, (_, index) => 4 * index);
  return {
    fields: new Map(offsets.map((offset) => [fieldName(offset), offset])),
    actions: new Map([...plain, ...errnos].map((action) => [describeAction(action), actionValue(action)])),
  };
}

/** The instruction, or what is wrong with the line. */
function parseLine(line: string, at: number, words: Words): Instruction | string {
  const match = /^(\d+)\s+(\w+)\s+(.+)$/.exec(line);
  if (!match) return 'expected a number, a name and its operands, such as `3  ld nr`';
  const [, number, name = '', operands = ''] = match;
  if (Number(number) !== at) return `instruction ${at} is numbered ${number}`;
  const spaced = operands.replace(/\s+/g, ' ');
  return parseInstruction(name, spaced, at, words) ?? `\`${name} ${spaced}\` is not an instruction`;
}

function parseInstruction(
  name: string,
  operands: string,
  at: number,
  words: Words,
): Instruction | string | undefined {
  switch (name) {
    case 'ld':
      return plain(OP.load, words.fields.get(operands));
    case 'and':
      return plain(OP.and, parseNumber(operands));
    case 'ret':
      return plain(OP.ret, parseReturn(operands, words));
    case 'ja':
      return parseJump(operands, at);
    case 'raw':
      return parseRaw(operands);
    default:
      return parseTest(name, operands, at);
  }
}

function plain(code: number, k: number | undefined): Instruction | undefined {
  return k === undefined ? undefined : { code, jt: 0, jf: 0, k };
}

function parseReturn(operands: string, { actions }: Words): number | undefined {
  const errno = /^errno (\d+)$/.exec(operands);
  // An errno above 4095 has no name; the kernel cuts it, and a listing may show it.
  if (errno) return Number(errno[1]) <= 0xffff ? actionValue(errnoAction(Number(errno[1]))) : undefined;
  return actions.get(operands) ?? parseNumber(operands);
}

function parseJump(operands: string, at: number): Instruction | string | undefined {
  const match = /^-> (\d{1,10})$/.exec(operands);
  if (!match) return undefined;
  const k = Number(match[1]) - at - 1;
  return k >= 0 && k <= 0xffffffff ? { code: OP.jump, jt: 0, jf: 0, k } : jumpProblem(k, 0xffffffff);
}

function parseTest(name: string, operands: string, at: number): Instruction | string | undefined {
  const code = Object.entries(TESTS).find(([known]) => known === name)?.[1];
  const match = new RegExp(`^${NUMBER} -> (\\d{1,10}) else (\\d{1,10})$`, 'i').exec(operands);
  const k = match ? parseNumber(match[1] ?? '') : undefined;
  if (code === undefined || !match || k === undefined) return undefined;
  const jt = Number(match[2]) - at - 1;
  const jf = Number(match[3]) - at - 1;
  const worst = [jt, jf].find((offset) => offset < 0 || offset > 255);
  return worst === undefined ? { code, jt, jf, k } : jumpProblem(worst, 255);
}

function jumpProblem(offset: number, most: number): string {
  return offset < 0
    ? 'a jump goes back, or to itself'
    : `a jump over ${offset} instructions; ${most} is the most`;
}

/** code, jt, jf and k of struct sock_filter as they are. */
function parseRaw(operands: string): Instruction | undefined {
  const [code = -1, jt = -1, jf = -1, k = -1, ...more] = operands
    .split(' ')
    .map((word) => parseNumber(word) ?? -1);
  const fits = code <= 0xffff && jt <= 0xff && jf <= 0xff && [code, jt, jf, k].every((value) => value >= 0);
  return fits && more.length === 0 ? { code, jt, jf, k } : undefined;
}

function parseNumber(word: string): number | undefined {
  if (!new RegExp(`^${NUMBER}$`, 'i').test(word)) return undefined;
  const value = Number(word);
  return value <= 0xffffffff ? value : undefined;
}
