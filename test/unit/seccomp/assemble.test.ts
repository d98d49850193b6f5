import { describe, expect, test } from 'vitest';
import { assemble, type Node } from '#seccomp/assemble.ts';
import { encodeProgram, OP } from '#seccomp/bpf.ts';
import { simulateProgram } from '#seccomp/simulate.ts';
import { ZEROS } from './calls.ts';

const load: Node = { kind: 'plain', code: OP.load, k: 0 };
const near = { id: 1 };
const far = { id: 2 };

function returns(errno: number): Node {
  return { kind: 'plain', code: OP.ret, k: 0x00050000 + errno };
}

/** `nr == 7` goes to one label, everything else to another, with `gap` instructions between. */
function program(gap: number, trueIsFar: boolean): Uint8Array {
  const [ifTrue, ifFalse] = trueIsFar ? [far, near] : [near, far];
  return encodeProgram(
    assemble([
      load,
      { kind: 'branch', code: OP.jumpEqual, k: 7, ifTrue, ifFalse },
      { kind: 'label', label: near },
      ...Array.from({ length: gap }, () => load),
      returns(1),
      { kind: 'label', label: far },
      returns(2),
    ]),
  );
}

function run(bytes: Uint8Array, nr: number): unknown {
  return simulateProgram(bytes, { auditArch: 0, nr, args: ZEROS });
}

describe('assemble', () => {
  // The far label is gap + 1 instructions behind the branch; a byte holds 255.
  test.each([0, 1, 252, 253, 254, 255, 256, 257, 600])('reaches labels over %i instructions', (gap) => {
    for (const trueIsFar of [true, false]) {
      const bytes = program(gap, trueIsFar);
      expect(run(bytes, 7)).toEqual({ kind: 'errno', errno: trueIsFar ? 2 : 1 });
      expect(run(bytes, 8)).toEqual({ kind: 'errno', errno: trueIsFar ? 1 : 2 });
      expect(bytes.byteLength / 8).toBe(gap + 4 + (gap + 1 > 255 ? 1 : 0));
    }
  });

  test('reaches when both sides are far', () => {
    const nodes: Node[] = [
      load,
      { kind: 'branch', code: OP.jumpEqual, k: 7, ifTrue: far, ifFalse: near },
      ...Array.from({ length: 300 }, () => load),
      { kind: 'label', label: near },
      returns(1),
      { kind: 'label', label: far },
      returns(2),
    ];
    const bytes = encodeProgram(assemble(nodes));
    expect(run(bytes, 7)).toEqual({ kind: 'errno', errno: 2 });
    expect(run(bytes, 8)).toEqual({ kind: 'errno', errno: 1 });
  });

  test('a missing side goes on with the next node, also behind a long jump', () => {
    const nodes = (side: 'ifTrue' | 'ifFalse'): Node[] => [
      load,
      { kind: 'branch', code: OP.jumpEqual, k: 7, [side]: far },
      ...Array.from({ length: 300 }, () => load),
      returns(1),
      { kind: 'label', label: far },
      returns(2),
    ];
    expect(run(encodeProgram(assemble(nodes('ifTrue'))), 7)).toEqual({ kind: 'errno', errno: 2 });
    expect(run(encodeProgram(assemble(nodes('ifTrue'))), 8)).toEqual({ kind: 'errno', errno: 1 });
    expect(run(encodeProgram(assemble(nodes('ifFalse'))), 7)).toEqual({ kind: 'errno', errno: 1 });
    expect(run(encodeProgram(assemble(nodes('ifFalse'))), 8)).toEqual({ kind: 'errno', errno: 2 });
  });

  test('refuses a label that is nowhere', () => {
    expect(() => assemble([{ kind: 'branch', code: OP.jumpEqual, k: 0, ifTrue: near }])).toThrow(
      /never placed/,
    );
  });
});
