/** What `warder rootfs` says, as data and as text. */
import type { BuiltTree, TreeStatus } from '#internal.ts';
import { table } from './table.ts';

export function treesTable(trees: readonly TreeStatus[]): string {
  const rows = trees.map((tree) => [
    tree.name,
    tree.state,
    tree.bytes === null ? '-' : formatMegabytes(tree.bytes),
    tree.files === null ? '-' : String(tree.files),
    tree.buildMs === null ? '-' : formatSeconds(tree.buildMs),
    tree.languages.join(', ') || '-',
    tree.problems[0] ?? tree.description,
  ]);
  return table([['NAME', 'STATE', 'SIZE', 'FILES', 'BUILT IN', 'LANGUAGES', 'WHAT'], ...rows]);
}

/** Of the files' contents, in millions of bytes. */
export function formatMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function builtData({ record, sha256, buildMs }: BuiltTree) {
  const { name, languages, source, files, bytes } = record;
  return { name, sha256, languages, source, files, bytes, buildMs };
}

export function builtText({ record, sha256, buildMs }: BuiltTree): string {
  const { name, files, bytes } = record;
  return `${name}: ${formatMegabytes(bytes)}, ${files} files, ${formatSeconds(buildMs)}, sha256 ${sha256}\n`;
}
