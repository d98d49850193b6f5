/**
 * Bundles the command line, its dependencies included: dist/cli/main.js, dist/chunks/ and the dependencies' licences.
 * Node opens, reads and resolves some 650 files for a run otherwise, which takes longer than the run. The library stays as
 * tsc writes it: who embeds it loads it once, and shares the dependencies.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const DIRECTORY = 'dist';
/** As deep as the modules of src are in dist, so that what they find by their own place stays where it is. */
const CHUNKS = 'chunks';
const LICENCE = /^licen[cs]e(\.(md|txt))?$/i;

const bundle = await rolldown({
  input: { main: 'src/cli/main.ts' },
  platform: 'node',
  resolve: { conditionNames: ['warder-source', 'node', 'import', 'default'] },
  // A bundle with a hole would only show it when that command is run.
  onLog: (level, log) => {
    if (level === 'warn') throw new Error(`bundle-cli: ${log.message}`);
  },
});
const { output } = await bundle.write({
  dir: DIRECTORY,
  format: 'esm',
  entryFileNames: 'cli/[name].js',
  chunkFileNames: `${CHUNKS}/[name]-[hash].js`,
});
await bundle.close();

const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
writeFileSync(join(DIRECTORY, CHUNKS, 'LICENSES.txt'), licences(packagesOf(modules)));

/**
 * The packages that modules come from, by their directories.
 *
 * @param {readonly string[]} ids
 */
function packagesOf(ids) {
  const roots = ids.map((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  return [...new Set(roots.filter((root) => root !== undefined))].sort();
}

/**
 * What the licences of MIT, ISC and BSD ask of a copy: their text.
 *
 * @param {readonly string[]} roots
 */
function licences(roots) {
  return roots
    .map((root) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
      const file = readdirSync(root).find((entry) => LICENCE.test(entry));
      if (file === undefined) throw new Error(`bundle-cli: ${name} has no file with its licence`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(root, file), 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
