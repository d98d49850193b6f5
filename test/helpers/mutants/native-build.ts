/** The native program with something taken out of its source, compiled as scripts/build-native does. */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type NativeProgram, openNative } from '#launch/native.ts';

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

export interface Workshop {
  /** The native program with these edits; compiled once. */
  readonly programWith: (edits: readonly NativeEdit[]) => Promise<NativeProgram>;
  readonly close: () => Promise<void>;
}

/** Where mutants of the native program are compiled and kept, for as many hunters as there are. */
export async function openWorkshop(): Promise<Workshop> {
  const directory = await mkdtemp(join(tmpdir(), 'warder-mutant-'));
  await chmod(directory, 0o755);
  const built = new Map<string, Promise<NativeProgram>>();
  const build = async (edits: readonly NativeEdit[]): Promise<NativeProgram> => {
    const own = await mkdtemp(join(directory, 'native-'));
    await chmod(own, 0o755);
    return openNative(await compileWith(edits, own));
  };
  return {
    programWith: (edits) => {
      const key = JSON.stringify(edits);
      const program = built.get(key) ?? build(edits);
      built.set(key, program);
      return program;
    },
    close: async () => {
      for (const program of await Promise.allSettled(built.values()))
        if (program.status === 'fulfilled') await program.value.handle.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** @returns the program's path, in `directory`, where every uid can execute it */
async function compileWith(edits: readonly NativeEdit[], directory: string): Promise<string> {
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
