/**
 * Reads kafel text as kafel does (parser.y, range_rules.c), as far as the emitter uses it: rules in the order of the
 * text, the first one that holds decides. What is not understood throws.
 */
import { KILL_PROCESS } from '#seccomp/action.ts';
import type { Action, SyscallData } from '#seccomp/ir.ts';

interface Rule {
  readonly nr: number;
  readonly action: Action;
  readonly holds: (args: readonly bigint[]) => boolean;
}

export interface KafelPolicy {
  readonly rules: readonly Rule[];
  readonly defaultAction: Action;
}

export function parseKafel(text: string): KafelPolicy {
  const tokens = tokenize(text);
  const rules: Rule[] = [];
  while (tokens[0] !== 'DEFAULT') {
    const action = takeAction(tokens);
    take(tokens, '{');
    do rules.push(takeRule(tokens, action));
    while (skip(tokens, ','));
    take(tokens, '}');
    if (tokens[0] !== 'DEFAULT') take(tokens, ',');
  }
  take(tokens, 'DEFAULT');
  const defaultAction = takeAction(tokens);
  if (tokens.length > 0) throw new SyntaxError(`after the end: ${tokens[0]}`);
  return { rules, defaultAction };
}

/** For calls of the policy's own architecture: kafel answers others by itself. */
export function evaluateKafel(policy: KafelPolicy, { nr, args }: SyscallData): Action {
  const rule = policy.rules.find((one) => one.nr === nr && one.holds(args));
  return rule?.action ?? policy.defaultAction;
}

const TOKEN =
  /\s+|\/\/[^\n]*|(0x[0-9a-f]+|0|[1-9][0-9]*|[A-Za-z][A-Za-z0-9_]*|==|!=|<=|>=|&&|[<>&{}()[\],])|(.)/gs;

function tokenize(text: string): string[] {
  return [...text.matchAll(TOKEN)].flatMap(([, token, unknown]) => {
    if (unknown !== undefined) throw new SyntaxError(`unexpected ${unknown}`);
    return token === undefined ? [] : [token];
  });
}

function next(tokens: string[]): string {
  const token = tokens.shift();
  if (token === undefined) throw new SyntaxError('the text ends too early');
  return token;
}

function take(tokens: string[], ...expected: readonly string[]): void {
  for (const one of expected) {
    const token = next(tokens);
    if (token !== one) throw new SyntaxError(`${token} in place of ${one}`);
  }
}

function skip(tokens: string[], wanted: string): boolean {
  if (tokens[0] !== wanted) return false;
  tokens.shift();
  return true;
}

function takeNumber(tokens: string[]): bigint {
  return BigInt(next(tokens));
}

function takeAction(tokens: string[]): Action {
  const word = next(tokens);
  if (word === 'ALLOW') return { kind: 'allow' };
  if (word === 'LOG') return { kind: 'log' };
  if (word === 'KILL_PROCESS') return KILL_PROCESS;
  take(tokens, '(');
  const value = Number(takeNumber(tokens));
  take(tokens, ')');
  if (word === 'ERRNO') return { kind: 'errno', errno: value };
  if (word === 'TRAP' && value === 0) return { kind: 'trap' };
  throw new SyntaxError(`no action ${word}`);
}

function takeRule(tokens: string[], action: Action): Rule {
  take(tokens, 'SYSCALL', '[');
  const nr = Number(takeNumber(tokens));
  take(tokens, ']');
  const names = takeArguments(tokens);
  if (!skip(tokens, '{')) return { nr, action, holds: () => true };
  const tests = [takeComparison(tokens, names)];
  while (skip(tokens, '&&')) tests.push(takeComparison(tokens, names));
  take(tokens, '}');
  return { nr, action, holds: (args) => tests.every((one) => one(args)) };
}

/** A name that was not declared is an error in kafel too. */
function takeArguments(tokens: string[]): readonly string[] {
  if (!skip(tokens, '(')) return [];
  const names = [next(tokens)];
  while (skip(tokens, ',')) names.push(next(tokens));
  take(tokens, ')');
  return names;
}

function takeComparison(tokens: string[], names: readonly string[]): (args: readonly bigint[]) => boolean {
  const parenthesized = skip(tokens, '(');
  const name = next(tokens);
  const index = names.indexOf(name);
  if (index < 0) throw new SyntaxError(`no argument ${name}`);
  const mask = skip(tokens, '&') ? takeNumber(tokens) : (1n << 64n) - 1n;
  if (parenthesized) take(tokens, ')');
  const sign = next(tokens);
  const value = takeNumber(tokens);
  return (args) => compare(sign, (args[index] ?? 0n) & mask, value);
}

function compare(sign: string, left: bigint, right: bigint): boolean {
  if (sign === '==') return left === right;
  if (sign === '!=') return left !== right;
  if (sign === '<') return left < right;
  if (sign === '<=') return left <= right;
  if (sign === '>') return left > right;
  if (sign === '>=') return left >= right;
  throw new SyntaxError(`no comparison ${sign}`);
}
