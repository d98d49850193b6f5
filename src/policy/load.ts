import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import type { InputIssue } from '#error/codes.ts';
import { errnoOf } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { assemblePolicy, type LoadedPolicy } from './assemble.ts';
import type { PolicyNode } from './extends.ts';
import { flatten, type Origin } from './flatten.ts';
import { policyInvalid, policyNotFound, policyUnreadable } from './load-errors.ts';
import { parsePolicyText, unusableText } from './parse.ts';
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

/** Policy files larger than this are refused before they are parsed (contract). */
export const MAX_POLICY_BYTES = 1024 * 1024;
/** Files that one policy may consist of; a bound on the work, far above what anyone needs. */
const MAX_FILES = 64;

interface LoadState {
  readonly nodes: Map<string, PolicyNode>;
  readonly issues: InputIssue[];
  readonly shipped: readonly string[];
}

/** Names of the policies that come with warder, sorted. */
export async function listShippedPolicies(): Promise<readonly string[]> {
  const files = await readdir(SHIPPED_DIRECTORY);
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort();
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
  return assembled.policy;
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
  state.nodes.set(id, { id, label: reference.label, parents, entries: flatten(body, originOf) });
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
  const read = await readPolicy(reference.path).catch(errnoOf);
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

async function readRoot(reference: Reference, shipped: readonly string[]): Promise<PolicyBytes> {
  try {
    return await readPolicy(reference.path);
  } catch (error) {
    const missing = ['ENOENT', 'ENOTDIR'].includes(errnoOf(error));
    throw missing ? policyNotFound(reference.label, shipped) : policyUnreadable(reference, error);
  }
}

interface PolicyBytes {
  /** Device and inode: one file under two names is one file. */
  readonly id: string;
  /** `undefined` when there are more than MAX_POLICY_BYTES. */
  readonly bytes: Uint8Array | undefined;
}

async function readPolicy(path: string): Promise<PolicyBytes> {
  // O_NONBLOCK: opening a FIFO without a writer would wait for one (fifo(7)). O_NOCTTY: see open(2).
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = await handle.stat();
    if (stat.isDirectory()) throw new Error('EISDIR');
    if (!stat.isFile()) throw new Error('not a regular file');
    return { id: `${stat.dev}:${stat.ino}`, bytes: await readCapped(handle) };
  } finally {
    await handle.close();
  }
}

/** Reads one byte more than allowed at most: the size in stat(2) is no promise. */
async function readCapped(handle: FileHandle): Promise<Uint8Array | undefined> {
  const buffer = Buffer.alloc(MAX_POLICY_BYTES + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > MAX_POLICY_BYTES) return undefined;
    if (bytesRead === 0) return buffer.subarray(0, length);
  }
}
