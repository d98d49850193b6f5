import type { Label, Node } from './assemble.ts';
import { DATA_OFFSET, OP } from './bpf.ts';
import type { ArgIndex, Condition } from './ir.ts';

/** Where a test goes on; one of the two stands right behind it. */
export interface Exits {
  readonly yes: Label;
  readonly no: Label;
}

export interface LabelSource {
  create(): Label;
}

type Half = 'low' | 'high';

/** A is overwritten. The opposite of a test is the same test with its exits exchanged. */
export function conditionNodes(condition: Condition, exits: Exits, labels: LabelSource): Node[] {
  const opposite = { yes: exits.no, no: exits.yes };
  switch (condition.op) {
    case 'eq':
      return equalNodes(condition, fullMask(condition), exits, labels);
    case 'ne':
      return equalNodes(condition, fullMask(condition), opposite, labels);
    case 'maskedEq':
      return equalNodes(condition, condition.mask, exits, labels);
    case 'gt':
      return orderNodes(condition, OP.jumpGreater, exits, labels);
    case 'le':
      return orderNodes(condition, OP.jumpGreater, opposite, labels);
    case 'ge':
      return orderNodes(condition, OP.jumpGreaterEqual, exits, labels);
    case 'lt':
      return orderNodes(condition, OP.jumpGreaterEqual, opposite, labels);
  }
}

function equalNodes(condition: Condition, mask: bigint, exits: Exits, labels: LabelSource): Node[] {
  const { width, arg, value } = condition;
  // A half without mask bits says nothing, whatever it holds.
  const highBits = width === 64 ? word(mask, 'high') : 0;
  const lowBits = word(mask, 'low');
  const low = (): Node[] => halfEqualNodes(loadNode(arg, 'low'), lowBits, word(value, 'low'), exits);
  if (highBits === 0) return low();
  const high = (yes: Label): Node[] =>
    halfEqualNodes(loadNode(arg, 'high'), highBits, word(value, 'high'), { yes, no: exits.no });
  if (lowBits === 0) return high(exits.yes);
  const highEqual = labels.create();
  return [...high(highEqual), { kind: 'label', label: highEqual }, ...low()];
}

/** `load` brings the half into A. */
function halfEqualNodes(load: Node, bits: number, value: number, exits: Exits): Node[] {
  const masked: Node[] = bits === 0xffffffff ? [] : [{ kind: 'plain', code: OP.and, k: bits }];
  return [load, ...masked, testNode(OP.jumpEqual, value, exits)];
}

/** `code` is jumpGreater or jumpGreaterEqual; of 64 bits the high half decides unless it is equal. */
function orderNodes(condition: Condition, code: number, exits: Exits, labels: LabelSource): Node[] {
  const { width, arg, value } = condition;
  const low = [loadNode(arg, 'low'), testNode(code, word(value, 'low'), exits)];
  if (width === 32) return low;
  const high = word(value, 'high');
  const notAbove = labels.create();
  const equal = labels.create();
  return [
    loadNode(arg, 'high'),
    testNode(OP.jumpGreater, high, { yes: exits.yes, no: notAbove }),
    { kind: 'label', label: notAbove },
    testNode(OP.jumpEqual, high, { yes: equal, no: exits.no }),
    { kind: 'label', label: equal },
    ...low,
  ];
}

function testNode(code: number, k: number, { yes, no }: Exits): Node {
  return { kind: 'branch', code, k, ifTrue: yes, ifFalse: no };
}

function loadNode(arg: ArgIndex, half: Half): Node {
  // Both supported architectures are little-endian: the low word comes first.
  return { kind: 'plain', code: OP.load, k: DATA_OFFSET.args + 8 * arg + (half === 'high' ? 4 : 0) };
}

function word(value: bigint, half: Half): number {
  return Number(BigInt.asUintN(32, half === 'high' ? value >> 32n : value));
}

function fullMask(condition: Condition): bigint {
  return (1n << BigInt(condition.width)) - 1n;
}
