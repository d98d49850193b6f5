/**
 * Profiles of OCI runtimes (Docker, Podman) as documents of ours.
 *
 * Such a file may name a call as often as it likes. Of several rules that hold for the same arguments the strictest
 * action decides, as the kernel decides between several filters (seccomp(2)); rules without conditions are the last
 * word. A program here has no capabilities, so rules that ask for one never apply.
 */
import { compareStrictness } from './action.ts';
import { type Action, ARCHES, type Arch, type Place } from './ir.ts';
import { type OciActionResult, ociAction, ociErrno } from './oci-action.ts';
import { ociConditions } from './oci-conditions.ts';
import { rejectedBy, widenedTo } from './oci-filters.ts';
import { type Locate, Notes, noteGlobals } from './oci-notes.ts';
import type { OciProfile, OciRule } from './oci-types.ts';
import type { ProfileCondition, ProfileDocument, ProfileGroup, Written } from './profile.ts';
import { heldCalls } from './prologue.ts';
import { isSyscallName } from './syscalls.ts';

export interface OciImport {
  readonly document: ProfileDocument;
  /** Everything that was left out or changed, in the order of the file. */
  readonly notes: readonly Written<string>[];
}

/** One rule for one call, as it counts on one architecture. */
interface Rule {
  readonly action: Action;
  readonly conditions: readonly ProfileCondition[];
  readonly why: string;
  readonly path: string;
  readonly place: Place;
}

/** `profile` has passed the schema; `label` is how messages call the file. */
export function importOciProfile(profile: OciProfile, label: string, locate: Locate): OciImport {
  const notes = new Notes(locate);
  noteGlobals(profile, notes);
  const defaultAction = convertDefault(profile, notes);
  const rules = new Map<string, Map<Arch, Rule[]>>();
  for (const [index, rule] of (profile.syscalls ?? []).entries()) {
    addRule(rules, rule, index, { notes, locate });
  }
  const groups = [...rules].flatMap(([name, byArch]) => callGroups(name, byArch));
  const place = locate(['defaultAction']);
  return {
    document: {
      label,
      name: 'imported',
      description: 'imported from an OCI seccomp profile',
      defaultAction: { value: defaultAction, path: 'defaultAction', place },
      layer: { groups, remove: [] },
      languages: new Map(),
    },
    notes: notes.list,
  };
}

function convertDefault(profile: OciProfile, notes: Notes): Action {
  const { defaultAction, defaultErrno, defaultErrnoRet } = profile;
  const converted = ociAction(defaultAction, errnoOf(defaultErrno, defaultErrnoRet));
  return noted(converted, ['defaultAction'], notes);
}

type Optional<T> = T | null | undefined;

function errnoOf(text: Optional<string>, errno: Optional<number>): number | undefined {
  return (text ? ociErrno(text) : undefined) ?? errno ?? undefined;
}

function noted({ action, note }: OciActionResult, path: readonly PropertyKey[], notes: Notes): Action {
  if (note !== undefined) notes.add(path, note);
  return action;
}

function addRule(
  rules: Map<string, Map<Arch, Rule[]>>,
  rule: OciRule,
  index: number,
  { notes, locate }: { readonly notes: Notes; readonly locate: Locate },
): void {
  const path = ['syscalls', index];
  const arches = ARCHES.filter((arch) => rejectedBy(rule, arch) === undefined);
  if (arches.length === 0) {
    notes.add(path, `the rule does not apply: ${rejectedBy(rule, 'x86_64')}`);
    return;
  }
  const converted = ociAction(rule.action, errnoOf(rule.errno, rule.errnoRet));
  const action = noted(converted, [...path, 'action'], notes);
  noteRule(rule, path, notes);
  const why = rule.comment?.trim() || 'imported from an OCI seccomp profile';
  for (const [at, name] of ruleNames(rule).entries()) {
    const here = rule.names ? [...path, 'names', at] : [...path, 'name'];
    if (!isUsable(name, { action, rule }, here, notes)) continue;
    for (const conditions of ociConditions(rule.args ?? [])) {
      const one = { action, conditions, why, path: here.join('.'), place: locate(here) };
      for (const arch of arches) append(rules, name, arch, one);
    }
  }
}

function noteRule(rule: OciRule, path: readonly PropertyKey[], notes: Notes): void {
  if (ruleNames(rule).length === 0) notes.add(path, 'the rule names no call');
  const widened = widenedTo(rule);
  if (widened !== undefined) notes.add(path, widened);
}

function ruleNames({ names, name }: OciRule): readonly string[] {
  return [...(names ?? []), ...(name ? [name] : [])];
}

function isUsable(
  name: string,
  { action, rule }: { readonly action: Action; readonly rule: OciRule },
  path: readonly PropertyKey[],
  notes: Notes,
): boolean {
  if (!isSyscallName(name)) {
    notes.add(path, `\`${name}\` is not a system call of a supported architecture`);
    return false;
  }
  const ends = action.kind === 'killProcess' && (rule.args ?? []).length === 0;
  if (!heldCalls().has(name) || ends) return true;
  notes.add(path, `\`${name}\` is held by the mandatory prologue, which stays`);
  return false;
}

function append(rules: Map<string, Map<Arch, Rule[]>>, name: string, arch: Arch, rule: Rule): void {
  const byArch = rules.get(name) ?? new Map<Arch, Rule[]>();
  byArch.set(arch, [...(byArch.get(arch) ?? []), rule]);
  rules.set(name, byArch);
}

/** One set of groups for all architectures where they agree, or one for each. */
function callGroups(name: string, byArch: ReadonlyMap<Arch, readonly Rule[]>): readonly ProfileGroup[] {
  const [first] = [...byArch.values()];
  const same = ARCHES.every((arch) => sameRules(byArch.get(arch) ?? [], first ?? []));
  if (same && first) return groupsOf(name, first, undefined);
  return [...byArch].flatMap(([arch, rules]) => groupsOf(name, rules, [arch]));
}

function sameRules(a: readonly Rule[], b: readonly Rule[]): boolean {
  return a.length === b.length && a.every((rule, index) => rule === b[index]);
}

function groupsOf(
  name: string,
  rules: readonly Rule[],
  arches: readonly Arch[] | undefined,
): readonly ProfileGroup[] {
  const strictestFirst = rules.toSorted((a, b) => compareStrictness(a.action, b.action));
  const last = strictestFirst.find(({ conditions }) => conditions.length === 0);
  const asked = strictestFirst.filter(
    ({ action, conditions }) =>
      conditions.length > 0 && (!last || compareStrictness(action, last.action) < 0),
  );
  const ordered = unshadowed(asked);
  if (ordered.length === 0) return last ? [toGroup(name, last, arches, undefined)] : [];
  return ordered.map((rule, index) => {
    const isLast = index === ordered.length - 1;
    const otherwise = last && isLast ? { value: last.action, path: last.path, place: last.place } : undefined;
    return toGroup(name, rule, arches, otherwise);
  });
}

/** The same conditions twice: the first, strictest one decides. */
function unshadowed(rules: readonly Rule[]): readonly Rule[] {
  const key = ({ conditions }: Rule): readonly string[] =>
    conditions.map(({ op, arg, value, mask }) => [op, arg, value, mask ?? ''].join(' '));
  return rules.filter((rule, index) => {
    const own = key(rule);
    return !rules.slice(0, index).some((earlier) => key(earlier).every((one) => own.includes(one)));
  });
}

function toGroup(
  name: string,
  { action, conditions, why, path, place }: Rule,
  arches: readonly Arch[] | undefined,
  otherwise: Written<Action> | undefined,
): ProfileGroup {
  return {
    syscalls: [{ value: name, path, place }],
    why,
    action: { value: action, path, place },
    when: conditions.map((value) => ({ value, path, place })),
    otherwise,
    ...(arches ? { arches } : {}),
  };
}
