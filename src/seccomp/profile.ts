/**
 * Profiles: which calls a filter allows above the prologue. A profile is one document or several; what a document
 * says about a call replaces all that the documents below it say. src/policy reads the files.
 *
 * Values are kept as written until an architecture is chosen, because O_DIRECT and its like differ.
 */
import { parseArgument } from './argument.ts';
import type { Body } from './compose.ts';
import type { Action, Arch, ArgIndex, Branch, Condition, Place, Verdict, Width } from './ir.ts';

/** A number, or text that `parseArgument` reads: `CLONE_THREAD`, `PROT_WRITE|PROT_EXEC`. */
export type ProfileValue = bigint | string;

/** A condition as written. `mask` belongs to `maskedEq` and to nothing else. */
export interface ProfileCondition {
  readonly op: Condition['op'];
  readonly arg: ArgIndex;
  readonly width: Width;
  readonly value: ProfileValue;
  readonly mask?: ProfileValue;
}

/** A part of a document, with where it stands. */
export interface Written<T> {
  readonly value: T;
  /** Dot path in the document, for messages. */
  readonly path: string;
  readonly place: Place;
}

export interface ProfileGroup {
  readonly syscalls: readonly Written<string>[];
  readonly why: string;
  readonly action: Written<Action>;
  /** Empty: whatever the arguments are. */
  readonly when: readonly Written<ProfileCondition>[];
  /** What a call with conditions meets when none of its groups holds; `undefined` is the profile's default action. */
  readonly otherwise: Written<Action> | undefined;
  /** `undefined`: every architecture. Only imported profiles tell them apart. */
  readonly arches?: readonly Arch[];
}

/** What applies together: a document's own rules, or those for one language. */
export interface ProfileLayer {
  readonly groups: readonly ProfileGroup[];
  readonly remove: readonly Written<string>[];
}

/** One file. */
export interface ProfileDocument {
  /** How messages call it. */
  readonly label: string;
  readonly name: string;
  readonly description: string;
  readonly defaultAction: Written<Action> | undefined;
  readonly layer: ProfileLayer;
  readonly languages: ReadonlyMap<string, ProfileLayer>;
}

/** A profile that is ready for use: every document checked, every include in place. */
export interface SeccompProfile {
  /** A shipped name, or the path of a file. */
  readonly name: string;
  readonly description: string;
  /** Lowest first; the last one is the file that was asked for. */
  readonly documents: readonly ProfileDocument[];
  /** Over the rules, not over their wording (profile-digest.ts). */
  readonly sha256: string;
  /** What an import left out or changed; empty for profiles of our own format. */
  readonly notes: readonly Written<string>[];
}

/** A profile for one architecture and language. */
export interface ResolvedProfile {
  readonly defaultAction: Verdict;
  readonly calls: ReadonlyMap<string, Body>;
}

/** Without a word from any document; glibc and others fall back on ENOSYS only. */
const ENOSYS: Action = { kind: 'errno', errno: 38 };

/** `language` selects the layers that apply for it; without one none does. */
export function resolveProfile(
  documents: readonly ProfileDocument[],
  { arch, language }: { readonly arch: Arch; readonly language?: string | undefined },
): ResolvedProfile {
  const defaultAction = defaultVerdict(documents);
  const calls = new Map<string, Body>();
  for (const document of documents) {
    const extra = language === undefined ? undefined : document.languages.get(language);
    for (const layer of extra ? [document.layer, extra] : [document.layer]) {
      for (const { value } of layer.remove) calls.delete(value);
      for (const [name, body] of layerBodies(layer, arch, defaultAction)) calls.set(name, body);
    }
  }
  return { defaultAction, calls };
}

/** Every language that some document of the profile has a layer for, sorted. */
export function profileLanguages(documents: readonly ProfileDocument[]): readonly string[] {
  return [...new Set(documents.flatMap(({ languages }) => [...languages.keys()]))].sort();
}

function defaultVerdict(documents: readonly ProfileDocument[]): Verdict {
  const why = 'no rule names the call';
  const written = documents.findLast(({ defaultAction }) => defaultAction)?.defaultAction;
  return written
    ? { action: written.value, why, source: written.place }
    : { action: ENOSYS, why, source: 'default' };
}

/** Groups of one call become the branches of one body, in the order written. */
function layerBodies(layer: ProfileLayer, arch: Arch, defaultAction: Verdict): ReadonlyMap<string, Body> {
  const bodies = new Map<string, Body>();
  for (const group of layer.groups) {
    if (group.arches && !group.arches.includes(arch)) continue;
    for (const { value: name, place } of group.syscalls) {
      const body = bodies.get(name) ?? { branches: [], otherwise: defaultAction };
      bodies.set(name, withGroup(body, group, arch, place));
    }
  }
  return bodies;
}

function withGroup(body: Body, group: ProfileGroup, arch: Arch, source: Place): Body {
  const { why, action, when, otherwise } = group;
  if (when.length === 0) return { ...body, otherwise: { action: action.value, why, source } };
  const conditions = when.map(({ value }) => resolveCondition(value, arch));
  const branch: Branch = { when: conditions, action: action.value, why, source };
  const last = otherwise ? { action: otherwise.value, why, source: otherwise.place } : body.otherwise;
  return { branches: [...body.branches, branch], otherwise: last };
}

/** A condition of a document that profile-issues.ts has let pass, so every value has a meaning. */
export function resolveCondition({ op, arg, width, value, mask }: ProfileCondition, arch: Arch): Condition {
  const plain = resolveValue(value, width, arch) ?? 0n;
  if (op !== 'maskedEq') return { op, arg, width, value: plain };
  return { op, arg, width, mask: resolveValue(mask ?? 0n, width, arch) ?? 0n, value: plain };
}

/** `undefined` for a name that the architecture does not have. */
function resolveValue(value: ProfileValue, width: Width, arch: Arch): bigint | undefined {
  const parsed = parseArgument(arch, String(value));
  if (!parsed.ok) return undefined;
  // A negative int, such as AT_FDCWD: the register holds it sign-extended, the kernel takes the lower half.
  const negative = width === 32 && BigInt.asIntN(32, parsed.value) === BigInt.asIntN(64, parsed.value);
  return negative ? BigInt.asUintN(32, parsed.value) : parsed.value;
}
