import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { InputIssue } from '#error/codes.ts';
import { errnoOf, formatIssue, WarderError } from '#error/warder-error.ts';
import { suggest } from '#util/suggest.ts';
import { type RootfsManifest, rootfsManifestSchema } from './manifest-schema.ts';

const SHIPPED_DIRECTORY = fileURLToPath(new URL('../../rootfs/', import.meta.url));
const MAX_MANIFEST_BYTES = 256 * 1024;
/** Lists that two builders share are written once; nobody needs more. */
const MAX_ALIASES = 50;

/** Names of the trees whose manifests come with warder, sorted. */
export async function listManifests(directory: string = SHIPPED_DIRECTORY): Promise<readonly string[]> {
  const files = await readdir(directory);
  return files.flatMap((file) => (file.endsWith('.yaml') ? [basename(file, '.yaml')] : [])).sort();
}

/** A shipped manifest by name, or a file: anything with a slash. @throws WarderError HOST_ROOTFS_MANIFEST */
export async function loadManifest(nameOrPath: string): Promise<RootfsManifest> {
  const shipped = await listManifests();
  const isFile = nameOrPath.includes('/');
  if (!isFile && !shipped.includes(nameOrPath)) throw unknownManifest(nameOrPath, shipped);
  const path = isFile ? nameOrPath : `${SHIPPED_DIRECTORY}${nameOrPath}.yaml`;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw invalid(path, [{ path: '', message: `cannot be read: ${errnoOf(cause)}` }], cause);
  });
  const parsed = parseManifest(bytes, path);
  if (parsed.ok) return parsed.manifest;
  throw invalid(path, parsed.issues);
}

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: RootfsManifest }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** Every issue carries the file, and its line and column. */
export function parseManifest(bytes: Uint8Array, file: string): ParsedManifest {
  const at = (line: number, column: number) => ({
    file,
    line: Math.max(line, 1),
    column: Math.max(column, 1),
  });
  if (bytes.byteLength > MAX_MANIFEST_BYTES) {
    return { ok: false, issues: [{ path: '', message: 'larger than 256 KiB', ...at(1, 1) }] };
  }
  const lines = new LineCounter();
  const options = {
    version: '1.2',
    merge: true,
    stringKeys: true,
    prettyErrors: false,
    logLevel: 'error',
  } as const;
  const document = parseDocument(Buffer.from(bytes).toString('utf8'), { ...options, lineCounter: lines });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return at(line, col);
  };
  const syntax = [...document.errors, ...document.warnings].slice(0, 10);
  if (syntax.length > 0) {
    return { ok: false, issues: syntax.map(({ message, pos }) => ({ path: '', message, ...place(pos[0]) })) };
  }
  const result = rootfsManifestSchema.safeParse(toPlain(document));
  if (result.success) return { ok: true, manifest: result.data };
  const issues = result.error.issues.flatMap((issue) => {
    const paths =
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return paths.map((path) => ({
      path: path.map(String).join('.'),
      message: issue.code === 'unrecognized_keys' ? 'unknown key' : issue.message,
      ...place(offsetOf(document, path)),
    }));
  });
  return { ok: false, issues };
}

/** An expansion beyond MAX_ALIASES throws inside yaml; then there is nothing to check. */
function toPlain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return null;
  }
}

/** Where the value stands, or its nearest parent that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function invalid(file: string, issues: readonly InputIssue[], cause?: unknown): WarderError {
  const first = issues.slice(0, 1).map(formatIssue).join('');
  const count = issues.length === 1 ? 'a problem' : `${issues.length} problems, the first`;
  return new WarderError('HOST_ROOTFS_MANIFEST', `the manifest ${file} has ${count}: ${first}`, {
    details: { issues },
    hint: 'The form is described by: warder schema rootfs-manifest',
    cause,
  });
}

function unknownManifest(name: string, known: readonly string[]): WarderError {
  const message = `there is no manifest \`${name}\``;
  const near = suggest(name, known);
  return new WarderError('HOST_ROOTFS_MANIFEST', message, {
    details: { issues: [{ path: '', message, ...(near === undefined ? {} : { suggestion: near }) }] },
    hint: `${near === undefined ? '' : `Did you mean ${near}? `}Known: ${known.join(', ')}. A file is named with a \`/\`.`,
  });
}
