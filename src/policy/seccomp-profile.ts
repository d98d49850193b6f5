import type { InputIssue } from '#error/codes.ts';
import { errnoOf } from '#error/warder-error.ts';
import { importOciProfile } from '#seccomp/oci.ts';
import type { ProfileDocument, SeccompProfile, Written } from '#seccomp/profile.ts';
import { profileDigest } from '#seccomp/profile-digest.ts';
import { profileIssues } from '#seccomp/profile-issues.ts';
import { invalidSeccomp } from '#seccomp/validate.ts';
import { suggest } from '#util/suggest.ts';
import { type FileNode, orderFiles } from './extends.ts';
import { readFileBytes, yamlNames } from './files.ts';
import type { Origin } from './flatten.ts';
import { type ParsedText, parsePolicyText, unusableText } from './parse.ts';
import { profileDocument } from './profile-document.ts';
import { isReference, profileReference, type Reference, relativeTo, SHIPPED_PROFILES } from './reference.ts';
import { validateOciProfile, validateProfileFile } from './validate.ts';
import { quote } from './value-checks.ts';

/** Files that one profile may consist of; a bound on the work, far above what anyone needs. */
const MAX_FILES = 64;

/** One file of a profile; `document` is missing where the file has problems. */
interface ProfileNode extends FileNode {
  readonly document: ProfileDocument | undefined;
}

interface LoadState {
  readonly nodes: Map<string, ProfileNode>;
  readonly issues: InputIssue[];
  readonly notes: Written<string>[];
  readonly shipped: readonly string[];
}

export type LoadedProfile =
  | { readonly ok: true; readonly profile: SeccompProfile }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** Names of the profiles that come with warder, sorted. */
export async function listShippedProfiles(): Promise<readonly string[]> {
  return yamlNames(SHIPPED_PROFILES);
}

/**
 * A shipped profile by name, or a file of our own format or of an OCI runtime, with everything that it includes.
 * @throws WarderError SECCOMP_INVALID with the issues of all files
 */
export async function loadSeccompProfile(nameOrPath: string): Promise<SeccompProfile> {
  const loaded = await tryLoadProfile(nameOrPath);
  if (loaded.ok) return loaded.profile;
  throw invalidSeccomp(`the seccomp profile ${quote(nameOrPath)} cannot be used`, loaded.issues);
}

/** As `loadSeccompProfile`; `origin` is where a policy names it. Never throws for what a user can do. */
export async function tryLoadProfile(nameOrPath: string, origin?: Origin): Promise<LoadedProfile> {
  const shipped = await listShippedProfiles();
  const state: LoadState = { nodes: new Map(), issues: [], notes: [], shipped };
  const root = await addNamed(state, nameOrPath, { path: origin ? 'seccomp.profile' : '', ...origin });
  if (root === undefined) return { ok: false, issues: state.issues };
  const ordered = orderFiles(state.nodes, root, 'includes');
  const problems = ordered.ok ? [] : ordered.issues;
  const documents = ordered.ok ? ordered.order.flatMap(({ document }) => document ?? []) : [];
  const issues = [...state.issues, ...problems, ...profileIssues(documents)];
  if (issues.length > 0) return { ok: false, issues: inReadingOrder(issues) };
  const description = documents
    .map((document) => document.description)
    .slice(-1)
    .join('');
  const sha256 = profileDigest(documents);
  return { ok: true, profile: { name: nameOrPath, description, documents, sha256, notes: state.notes } };
}

/** File by file, and in each from the top down. */
function inReadingOrder(issues: readonly InputIssue[]): readonly InputIssue[] {
  const files = [...new Set(issues.map(({ file }) => file))];
  // A file has at most 2^20 lines and columns, and there are at most 64 files: every key is exact.
  const keyed = issues.map((issue) => {
    const { file, line = 0, column = 0 } = issue;
    return { issue, key: files.indexOf(file) * 2 ** 44 + line * 2 ** 22 + column };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ issue }) => issue);
}

/** Where a file is named, for what is wrong with the name. */
type Naming = Partial<Origin> & { readonly path: string };

/** Reads what a name stands for; its id, or `undefined` with an issue where there is nothing to read. */
async function addNamed(state: LoadState, text: string, naming: Naming): Promise<string | undefined> {
  const report = (message: string, suggestion?: string): undefined => {
    state.issues.push({ message, ...(suggestion && { suggestion }), ...naming });
  };
  const reference = profileReference(text, state.shipped);
  if (!reference) {
    const message = `no shipped profile is called ${quote(text)}; there are ${state.shipped.join(', ')}`;
    return report(message, suggest(text, state.shipped));
  }
  const read = await readFileBytes(reference.path).catch(errnoOf);
  if (typeof read === 'string') return report(`cannot read ${quote(reference.path)}: ${read}`);
  const { id, bytes } = read;
  if (state.nodes.has(id)) return id;
  if (state.nodes.size >= MAX_FILES) return report(`the profile consists of more than ${MAX_FILES} files`);
  const parsed = bytes
    ? parsePolicyText(bytes, reference.label)
    : unusableText(reference.label, 'larger than 1 MiB');
  await addFile(state, reference, id, parsed);
  return id;
}

async function addFile(
  state: LoadState,
  reference: Reference,
  id: string,
  parsed: ParsedText,
): Promise<void> {
  const document = toDocument(state, parsed);
  const parents: { id: string; origin: Origin }[] = [];
  // Entered before its parents are followed, so that a cycle of files comes to an end.
  state.nodes.set(id, { id, label: reference.label, parents, document });
  for (const { index, entry } of includesOf(parsed.value)) {
    const origin = { file: reference.label, ...parsed.locate(['includes', index], 'value') };
    const parent = await addNamed(state, relativeTo(reference.path, entry), { path: 'includes', ...origin });
    if (parent !== undefined) parents.push({ id: parent, origin });
  }
}

function toDocument(state: LoadState, parsed: ParsedText): ProfileDocument | undefined {
  if (isOciProfile(parsed.value)) {
    const result = validateOciProfile(parsed);
    if (!result.ok) state.issues.push(...result.issues);
    return result.ok ? fromOci(state, result.value, parsed) : undefined;
  }
  const result = validateProfileFile(parsed);
  if (!result.ok) state.issues.push(...result.issues);
  return result.ok ? profileDocument(result.value, parsed) : undefined;
}

function fromOci(
  state: LoadState,
  profile: Parameters<typeof importOciProfile>[0],
  parsed: ParsedText,
): ProfileDocument {
  const { document, notes } = importOciProfile(profile, parsed.file, (path) => ({
    file: parsed.file,
    ...parsed.locate(path, 'value'),
  }));
  state.notes.push(...notes);
  return document;
}

/** `defaultAction` is the one key that every OCI profile has and that ours never has; ours all have `version`. */
function isOciProfile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'defaultAction' in value && !('version' in value);
}

/** The entries of `includes` that can be followed, also when the file has other problems. */
function includesOf(value: unknown): readonly { readonly index: number; readonly entry: string }[] {
  if (typeof value !== 'object' || value === null || isOciProfile(value)) return [];
  const list = 'includes' in value ? value.includes : [];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) => (isReference(entry) ? [{ index, entry }] : []));
}
