import type { InputIssue } from '#error/codes.ts';
import { errnoOf } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { assemblePolicy, type LoadedPolicy } from './assemble.ts';
import { digestEntries } from './digest.ts';
import type { PolicyNode } from './extends.ts';
import { type FileBytes, readFileBytes, yamlNames } from './files.ts';
import { flatten, type Origin } from './flatten.ts';
import { policyInvalid, policyNotFound, policyUnreadable } from './load-errors.ts';
import { parsePolicyText, unusableText } from './parse.ts';
import { anchorProfiles, loadPolicyProfiles } from './policy-profiles.ts';
import {
  extendedReference,
  isReference,
  type Reference,
  rootReference,
  SHIPPED_DIRECTORY,
} from './reference.ts';
import type { PolicyFile } from './schema.ts';
import { validatePolicyFile } from './validate.ts';
import { quote } from './value-checks.ts';

/** Files that one policy may consist of; a bound on the work, far above what anyone needs. */
const MAX_FILES = 64;

interface LoadState {
  readonly nodes: Map<string, PolicyNode>;
  readonly issues: InputIssue[];
  readonly shipped: readonly string[];
}

/** Names of the policies that come with warder, sorted. */
export async function listShippedPolicies(): Promise<readonly string[]> {
  return yamlNames(SHIPPED_DIRECTORY);
}

/**
 * Loads a shipped policy by name, or a file (anything with `/` or ending in .yaml, .yml, .json), with everything that
 * it extends. Throws POLICY_NOT_FOUND, POLICY_UNREADABLE, or POLICY_INVALID with the issues of all files.
 */
export async function loadPolicyFile(nameOrPath: string): Promise<LoadedPolicy> {
  const shipped = await listShippedPolicies();
  const reference = rootReference(nameOrPath, shipped);
  if (!reference) throw policyNotFound(nameOrPath, shipped);
  const { id, bytes } = await readRoot(reference, shipped);
  const state: LoadState = { nodes: new Map(), issues: [], shipped };
  const file = await addFile(state, reference, id, bytes);
  if (!file || state.issues.length > 0) throw policyInvalid(reference.label, state.issues);
  const { name, description = '' } = file;
  const assembled = assemblePolicy(state.nodes, { id, name, description, file: reference.label });
  if (!assembled.ok) throw policyInvalid(reference.label, assembled.issues);
  const { entries } = assembled.policy;
  const loaded = await loadPolicyProfiles(entries);
  if (!loaded.ok) throw policyInvalid(reference.label, loaded.issues);
  const { profiles } = loaded;
  return { ...assembled.policy, profiles, sha256: digestEntries(entries, profiles) };
}

/** Parses one file and then everything that it extends; the file's content when it is valid. */
async function addFile(
  state: LoadState,
  reference: Reference,
  id: string,
  bytes: Uint8Array | undefined,
): Promise<PolicyFile | undefined> {
  const parsed = bytes
    ? parsePolicyText(bytes, reference.label)
    : unusableText(reference.label, 'larger than 1 MiB');
  const originOf = (path: readonly PropertyKey[]): Origin => ({
    file: reference.label,
    ...parsed.locate(path, 'value'),
  });
  const result = validatePolicyFile(parsed);
  const parents: { id: string; origin: Origin }[] = [];
  const file = result.ok ? result.value : undefined;
  const { version, name, description, extends: _, ...body } = file ?? { version: 1, name: '' };
  // Entered before its parents are followed, so that a cycle of files comes to an end.
  const entries = anchorProfiles(flatten(body, originOf), reference.path);
  state.nodes.set(id, { id, label: reference.label, parents, entries });
  if (!result.ok) state.issues.push(...result.issues);
  for (const { index, entry } of extendsOf(parsed.value)) {
    const origin = originOf(['extends', index]);
    const parent = await addParent(state, reference, entry, origin);
    if (parent !== undefined) parents.push({ id: parent, origin });
  }
  return file;
}

async function addParent(
  state: LoadState,
  child: Reference,
  entry: string,
  origin: Origin,
): Promise<string | undefined> {
  const report = (message: string, suggestion?: string): undefined => {
    state.issues.push({ path: 'extends', message, ...(suggestion && { suggestion }), ...origin });
  };
  const reference = extendedReference(child, entry, state.shipped);
  if (!reference) return report(`no shipped policy is called ${quote(entry)}`, suggest(entry, state.shipped));
  const read = await readFileBytes(reference.path).catch(errnoOf);
  if (typeof read === 'string') return report(`cannot read ${quote(reference.path)}: ${read}`);
  const { id, bytes } = read;
  if (state.nodes.has(id)) return id;
  if (state.nodes.size >= MAX_FILES) return report(`the policy consists of more than ${MAX_FILES} files`);
  await addFile(state, reference, id, bytes);
  return id;
}

/** The entries of `extends` that can be followed, also when the file has other problems. */
function extendsOf(value: unknown): readonly { readonly index: number; readonly entry: string }[] {
  const list = typeof value === 'object' && value !== null && 'extends' in value ? value.extends : [];
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, index) => (isReference(entry) ? [{ index, entry }] : []));
}

async function readRoot(reference: Reference, shipped: readonly string[]): Promise<FileBytes> {
  try {
    return await readFileBytes(reference.path);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error));
    throw missing ? policyNotFound(reference.label, shipped) : policyUnreadable(reference, error);
  }
}
