/** The native program with something taken out of its source, compiled as scripts/build-native does. */
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** One place of src/native. */
export interface NativeEdit {
  readonly file: string;
  /** Must be there exactly once. */
  readonly from: string;
  readonly to: string;
}

const SOURCES = fileURLToPath(new URL('../../../src/native/', import.meta.url));
const FLAGS = fileURLToPath(new URL('../../../scripts/lib/native-flags.bash', import.meta.url));
/** What is no longer called would be a warning, and so an error. */
const COMPILE = 'source "$1"; NATIVE_WARNINGS=(-std=c11 -w); native_compile "$(uname -m)" "$2" "$3"';

/** @returns the program's path, in `directory`, where every uid can execute it */
export async function buildNative(edits: readonly NativeEdit[], directory: string): Promise<string> {
  const sources = join(directory, 'sources');
  await mkdir(sources);
  const names = (await readdir(SOURCES)).filter((name) => /\.[ch]$/.test(name));
  await Promise.all(names.map((name) => copyFile(join(SOURCES, name), join(sources, name))));
  for (const edit of edits) await applyEdit(sources, edit);
  const path = join(directory, 'warder-init');
  await execa('bash', ['-c', COMPILE, 'bash', FLAGS, sources, path]);
  return path;
}

async function applyEdit(sources: string, { file, from, to }: NativeEdit): Promise<void> {
  const path = join(sources, file);
  const parts = (await readFile(path, 'utf8')).split(from);
  if (parts.length !== 2) throw new RangeError(`${file}: ${parts.length - 1} times \`${from}\``);
  await writeFile(path, parts.join(to));
}
