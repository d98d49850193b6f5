import { type Instruction, OP } from './bpf.ts';

/** A place in the program; jumps only go forward (bpf_check_classic in the kernel's filter.c). */
export interface Label {
  readonly id: number;
}

export type Node =
  | { readonly kind: 'label'; readonly label: Label }
  | { readonly kind: 'plain'; readonly code: number; readonly k: number }
  /** `undefined` means: go on with the next node. */
  | {
      readonly kind: 'branch';
      readonly code: number;
      readonly k: number;
      readonly ifTrue?: Label | undefined;
      readonly ifFalse?: Label | undefined;
    };

type BranchNode = Extract<Node, { kind: 'branch' }>;

/** Which sides of a branch need a jump of their own, because 8 bits of offset do not reach the label. */
interface Reach {
  longTrue: boolean;
  longFalse: boolean;
}

const MAX_SHORT_OFFSET = 255;

/** Resolves labels to offsets. Branches start short and are widened until every offset fits, so it is deterministic. */
export function assemble(nodes: readonly Node[]): readonly Instruction[] {
  const reach = nodes.map((): Reach => ({ longTrue: false, longFalse: false }));
  let places = layOut(nodes, reach);
  while (widen(nodes, reach, places)) places = layOut(nodes, reach);
  return nodes.flatMap((node, index) => emit(node, reach[index], places, index));
}

interface Places {
  /** First instruction of each node. */
  readonly starts: readonly number[];
  readonly labels: ReadonlyMap<number, number>;
}

function layOut(nodes: readonly Node[], reach: readonly Reach[]): Places {
  const starts: number[] = [];
  const labels = new Map<number, number>();
  let next = 0;
  for (const [index, node] of nodes.entries()) {
    starts.push(next);
    if (node.kind === 'label') labels.set(node.label.id, next);
    else next += 1 + extraJumps(reach[index]);
  }
  return { starts, labels };
}

function extraJumps(reach: Reach | undefined): number {
  return (reach?.longTrue ? 1 : 0) + (reach?.longFalse ? 1 : 0);
}

/** True when a branch had to be widened, which moves everything behind it. */
function widen(nodes: readonly Node[], reach: readonly Reach[], places: Places): boolean {
  let widened = false;
  for (const [index, node] of nodes.entries()) {
    const own = reach[index];
    if (node.kind !== 'branch' || !own) continue;
    // Offsets count from the instruction behind the branch; the extra jumps stand there, true side first.
    const base = (places.starts[index] ?? 0) + 1;
    const tooFar = (label: Label | undefined): boolean =>
      label !== undefined && target(places, label) - base > MAX_SHORT_OFFSET;
    if (!own.longTrue && tooFar(node.ifTrue)) widened = own.longTrue = true;
    if (!own.longFalse && tooFar(node.ifFalse)) widened = own.longFalse = true;
  }
  return widened;
}

function target(places: Places, label: Label): number {
  const place = places.labels.get(label.id);
  if (place === undefined) throw new RangeError(`label ${label.id} is never placed`);
  return place;
}

function emit(node: Node, reach: Reach | undefined, places: Places, index: number): Instruction[] {
  if (node.kind === 'label') return [];
  if (node.kind === 'plain') return [{ code: node.code, jt: 0, jf: 0, k: node.k }];
  return emitBranch(node, reach ?? { longTrue: false, longFalse: false }, places, places.starts[index] ?? 0);
}

function emitBranch(node: BranchNode, reach: Reach, places: Places, start: number): Instruction[] {
  const base = start + 1;
  const extra = extraJumps(reach);
  const short = (label: Label | undefined): number => (label ? target(places, label) - base : extra);
  const jump = (label: Label | undefined, at: number): Instruction[] =>
    label ? [{ code: OP.jump, jt: 0, jf: 0, k: target(places, label) - at - 1 }] : [];
  return [
    {
      code: node.code,
      jt: reach.longTrue ? 0 : short(node.ifTrue),
      jf: reach.longFalse ? extra - 1 : short(node.ifFalse),
      k: node.k,
    },
    ...(reach.longTrue ? jump(node.ifTrue, base) : []),
    ...(reach.longFalse ? jump(node.ifFalse, base + extra - 1) : []),
  ];
}
