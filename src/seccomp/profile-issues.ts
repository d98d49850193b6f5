/** Everything that can be wrong with the documents of a profile, each problem with its place. */
import type { InputIssue } from '#error/codes.ts';
import { suggest } from '#util/suggest.ts';
import { ARCHES } from './ir.ts';
import type { ProfileDocument, ProfileGroup, ProfileLayer, Written } from './profile.ts';
import { conditionsIssues, overlapIssues } from './profile-conditions.ts';
import { heldCalls } from './prologue.ts';
import { isSyscallName, syscallNames } from './syscalls.ts';
import { NEVER_NOTIFY } from './validate.ts';

/** One layer of one document, with the names that the layers below it have rules for. */
interface LayerCheck {
  readonly layer: ProfileLayer;
  readonly below: ReadonlySet<string>;
}

/** `documents` are in the order in which they apply, lowest first. */
export function profileIssues(documents: readonly ProfileDocument[]): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  const below = new Set<string>();
  for (const document of documents) {
    const layers = layersOf(document, below);
    for (const { value } of document.layer.remove) below.delete(value);
    for (const { layer } of layers) for (const name of namesOf(layer)) below.add(name);
    issues.push(...layers.flatMap(layerIssues));
  }
  return issues;
}

/** An issue at a part of a document. */
function issueAt({ path, place }: Written<unknown>, message: string, near?: string): InputIssue {
  return { path, message, ...(near === undefined ? {} : { suggestion: near }), ...place };
}

function layersOf(document: ProfileDocument, below: ReadonlySet<string>): readonly LayerCheck[] {
  const own = new Set([...below, ...namesOf(document.layer)]);
  return [
    { layer: document.layer, below: new Set(below) },
    ...[...document.languages.values()].map((layer) => ({ layer, below: own })),
  ];
}

function namesOf(layer: ProfileLayer): readonly string[] {
  return layer.groups.flatMap(({ syscalls }) => syscalls.map(({ value }) => value));
}

function layerIssues({ layer, below }: LayerCheck): readonly InputIssue[] {
  const own = new Set(namesOf(layer));
  return [
    ...layer.groups.flatMap(groupIssues),
    ...overlapIssues(layer.groups),
    ...layer.remove.flatMap((name) => removeIssues(name, own, below)),
  ];
}

function removeIssues(
  name: Written<string>,
  own: ReadonlySet<string>,
  below: ReadonlySet<string>,
): readonly InputIssue[] {
  const unknown = unknownIssues(name);
  if (unknown.length > 0) return unknown;
  if (own.has(name.value)) {
    return [issueAt(name, `\`${name.value}\` is removed and has a rule in the same place; drop one of them`)];
  }
  if (below.has(name.value)) return [];
  return [issueAt(name, `no file that is included has a rule for \`${name.value}\`, so none can be removed`)];
}

function groupIssues(group: ProfileGroup): readonly InputIssue[] {
  const names = group.syscalls.flatMap((name) => {
    const unknown = unknownIssues(name);
    return unknown.length > 0 ? unknown : [...heldIssues(name, group), ...notifyIssues(name, group)];
  });
  return [...names, ...otherwiseIssues(group), ...conditionsIssues(group)];
}

/** A name that only one architecture has is fine: on the other one the call cannot be made. */
function unknownIssues(name: Written<string>): readonly InputIssue[] {
  if (isSyscallName(name.value)) return [];
  const near = suggest(name.value, [...new Set(ARCHES.flatMap((arch) => syscallNames(arch)))]);
  return [issueAt(name, `\`${name.value}\` is not a system call`, near)];
}

/** The prologue refuses these with an errno; a profile may end the run instead, and nothing else. */
function heldIssues(name: Written<string>, group: ProfileGroup): readonly InputIssue[] {
  if (!heldCalls().has(name.value)) return [];
  const ends = ['notify', 'killProcess'].includes(group.action.value.kind);
  if (ends && group.when.length === 0) return [];
  const message = `\`${name.value}\` is held by the mandatory prologue: a profile can only end the run for it, whatever its arguments`;
  return [issueAt(name, message)];
}

function notifyIssues(name: Written<string>, { action, otherwise }: ProfileGroup): readonly InputIssue[] {
  if (!NEVER_NOTIFY.includes(name.value)) return [];
  const notifies = action.value.kind === 'notify' || otherwise?.value.kind === 'notify';
  if (!notifies) return [];
  return [issueAt(name, `\`${name.value}\` cannot notify: the program is started or ended with it`)];
}

function otherwiseIssues({ when, otherwise }: ProfileGroup): readonly InputIssue[] {
  if (!otherwise || when.length > 0) return [];
  return [issueAt(otherwise, '`otherwise` needs `when`: without conditions the group always decides')];
}
