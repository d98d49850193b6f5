import type { Leaf } from './flatten.ts';
import { limitUnitAt, parseCpus, parseLimit } from './limit-fields.ts';

/** How a new value of a field relates to the old one. */
export type Change = 'same' | 'stricter' | 'looser' | 'different';

/**
 * What makes a field stricter.
 * - `amount`: less is stricter, `unlimited` and unset are above everything
 * - `ranked`: words from the strictest on; a word that is not listed cannot be compared
 * - `grants`: a list of things granted, fewer is stricter
 * - `refusals`: a list of things refused, more is stricter
 * - `cpus`: a list of processors, a part of it is stricter, unset has all of them
 * - `rootfs`, `mounts`: see the functions
 * - `free`: no value grants anything
 */
type Order =
  | { readonly kind: 'amount' | 'grants' | 'refusals' | 'cpus' | 'rootfs' | 'mounts' | 'free' }
  | { readonly kind: 'ranked'; readonly strictestFirst: readonly string[] };

export interface FieldOrder {
  /** A path, or a prefix that ends in `*`. `compile.` and `languages.<id>.` in front do not matter. */
  readonly path: string;
  readonly order: Order;
  /** Why a request for more is a widening, or why it never is one. */
  readonly reason: string;
}

/** Each field that a request can override. The first row that matches counts. */
export const FIELD_ORDERS: readonly FieldOrder[] = [
  row(
    'limits.stdout.onExceed',
    'free',
    'the bytes kept are the same, and wall and CPU time still end the run',
  ),
  row(
    'limits.stderr.onExceed',
    'free',
    'the bytes kept are the same, and wall and CPU time still end the run',
  ),
  row('limits.cpuset', 'cpus', 'it lets the program use processors that are kept for others'),
  row('limits.*', 'amount', 'it lets the program use more of the host'),
  row('artifacts.*', 'amount', 'it lets more of what the program wrote out of the sandbox'),
  row('ceilings.*', 'amount', 'it lets requests ask for more'),
  ranked('network.mode', ['none', 'loopback'], 'it opens the network code of the kernel to the program'),
  row('filesystem.rootfs', 'rootfs', 'it shows the program files that the policy did not choose'),
  row('filesystem.mounts', 'mounts', 'it shows the program more files of the host, or lets it write them'),
  row('identity.*', 'free', 'ids and names inside mean nothing outside; 0 is refused by the schema'),
  row('environment.*', 'free', 'the program can set its own environment anyway'),
  row('devices', 'grants', 'it gives the program more device drivers to talk to'),
  ranked('seccomp.profile', ['paranoid', 'strict', 'default'], 'it opens more of the kernel to the program'),
  row('seccomp.allow', 'grants', 'it opens more of the kernel to the program'),
  row('seccomp.deny', 'refusals', 'it takes back system calls that the policy denies'),
  ranked('execution.writtenFiles', ['deny', 'allow'], 'it lets the program execute what it wrote'),
  row('allowDegraded', 'grants', 'it lets a run start without a control that the policy insists on'),
];

/** The row for a path; a path that no row names is one that nobody thought about, so every change counts. */
export function fieldOrder(path: string): FieldOrder {
  const field = path.replace(/^languages\.[^.]+\./, '').replace(/^compile\./, '');
  const matches = (candidate: FieldOrder): boolean =>
    candidate.path.endsWith('*') ? field.startsWith(candidate.path.slice(0, -1)) : field === candidate.path;
  return FIELD_ORDERS.find(matches) ?? ranked(path, [], 'nothing is known about its effect');
}

/** Compares two values of one field; `undefined` is a value that is not set. */
export function compareLeaf(path: string, before: Leaf | undefined, after: Leaf | undefined): Change {
  const { order } = fieldOrder(path);
  switch (order.kind) {
    case 'amount':
      return byNumber(amount(path, before), amount(path, after));
    case 'ranked':
      return byRank(order.strictestFirst, before, after);
    case 'grants':
      return byContent(items(before), items(after));
    case 'refusals':
      return byContent(items(after), items(before));
    case 'cpus':
      return byCpus(parseCpus(before), parseCpus(after));
    case 'mounts':
      return byContent(mountRights(before), mountRights(after));
    case 'rootfs':
      return byRootfs(before, after);
    case 'free':
      return before === after ? 'same' : 'different';
  }
}

function row(path: string, kind: Exclude<Order['kind'], 'ranked'>, reason: string): FieldOrder {
  return { path, order: { kind }, reason };
}

function ranked(path: string, strictestFirst: readonly string[], reason: string): FieldOrder {
  return { path, order: { kind: 'ranked', strictestFirst }, reason };
}

function byNumber(before: number, after: number): Change {
  if (before === after) return 'same';
  return after < before ? 'stricter' : 'looser';
}

function amount(path: string, leaf: Leaf | undefined): number {
  const unit = limitUnitAt(path);
  const value = unit === undefined || leaf === undefined ? null : parseLimit(unit, leaf);
  return value ?? Number.POSITIVE_INFINITY;
}

function byRank(
  strictestFirst: readonly string[],
  before: Leaf | undefined,
  after: Leaf | undefined,
): Change {
  if (before === after) return 'same';
  const [from, to] = [strictestFirst.indexOf(String(before)), strictestFirst.indexOf(String(after))];
  return from < 0 || to < 0 ? 'different' : byNumber(from, to);
}

function byContent(before: readonly string[], after: readonly string[]): Change {
  const added = after.some((item) => !before.includes(item));
  const removed = before.some((item) => !after.includes(item));
  if (added && removed) return 'different';
  if (added) return 'looser';
  return removed ? 'stricter' : 'same';
}

function items(leaf: Leaf | undefined): readonly string[] {
  return Array.isArray(leaf) ? leaf.map(String) : [];
}

function byCpus(before: readonly number[] | null, after: readonly number[] | null): Change {
  if (before !== null && after !== null) return byContent(before.map(String), after.map(String));
  if (before === after) return 'same';
  return before === null ? 'stricter' : 'looser';
}

/** A mount as the rights that it gives, so that the same mount without writing is a part of it. */
function mountRights(leaf: Leaf | undefined): readonly string[] {
  return (Array.isArray(leaf) ? leaf : []).flatMap(({ source, target, readOnly }) => {
    const place = JSON.stringify([source, target]);
    return readOnly ? [`read ${place}`] : [`read ${place}`, `write ${place}`];
  });
}

/** `auto` takes a built tree, so naming one is a narrower wish; the host's own files are the widest. */
function byRootfs(before: Leaf | undefined, after: Leaf | undefined): Change {
  if (before === after) return 'same';
  if (after === 'host') return 'looser';
  return before === 'host' || before === 'auto' ? 'stricter' : 'different';
}
