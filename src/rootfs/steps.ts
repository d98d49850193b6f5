import { lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { expandVariables } from './closure.ts';
import { buildFailed } from './errors.ts';
import { matcher } from './glob.ts';
import { setTimes } from './harden.ts';
import { hashFile } from './inspect.ts';
import type { ManifestStep, RootfsManifest } from './manifest-schema.ts';
import { runUntilSettled } from './settle.ts';
import { runInTree, type TreeJailOptions } from './tree-jail.ts';

export interface StepContext extends Omit<TreeJailOptions, 'writable'> {
  /** Of the manifest's commands, for variables. */
  readonly real: ReadonlyMap<string, string>;
}

/** @throws WarderError HOST_ROOTFS_BUILD_FAILED */
export async function runStep(step: ManifestStep, context: StepContext): Promise<void> {
  const expand = (text: string) => expandVariables(text, context.real);
  if (step.run) await runSettled(step.run.map(expand), step.settle, context);
  if (step.remove) await removeMatches(context.root, matcher(step.remove.map(expand)));
  if (step.link) await makeLink(context.root, expand(step.link.path), expand(step.link.to));
}

/** In place of what is there. */
export async function makeLink(root: string, inside: string, to: string): Promise<void> {
  const path = join(await makeDirectory(root, posix.dirname(inside)), posix.basename(inside));
  await rm(path, { recursive: true, force: true });
  await symlink(to, path);
}

/** Through no link: a step may have made one, and here it would lead to the host's files. */
async function makeDirectory(root: string, inside: string): Promise<string> {
  let path = root;
  for (const part of inside.split('/').filter((name) => name !== '')) {
    path = join(path, part);
    const stat = await lstat(path).catch(() => undefined);
    if (!stat) await mkdir(path);
    else if (!stat.isDirectory()) throw new Error(`${inside} leads through ${part}, which is no directory`);
  }
  return path;
}

async function runSettled(
  argv: readonly string[],
  settle: string | undefined,
  context: StepContext,
): Promise<void> {
  if (settle === undefined) return runBuildCommand(argv, context);
  const made = join(context.root, settle);
  // Where nothing prevails (no steady start on this host), the tree is good all the same; a second one is another.
  await runUntilSettled(async () => {
    await runBuildCommand(argv, context);
    return hashFile(made).catch((error: unknown) => {
      throw buildFailed(
        context.name,
        argv.join(' '),
        `${settle}: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  });
}

async function runBuildCommand(argv: readonly string[], context: StepContext): Promise<void> {
  // Java's class archive is only good for files of the very time that they have now.
  await setTimes(context.root, context.mtime);
  const result = await runInTree(argv, { ...context, writable: true });
  if (result.exitCode === 0) return;
  throw buildFailed(context.name, argv.join(' '), describe(result));
}

function describe({
  exitCode,
  timedOut,
  errno,
  stderr,
  stdout,
}: Awaited<ReturnType<typeof runInTree>>): string {
  const how = errno ?? (timedOut ? 'timed out' : `exit code ${exitCode ?? 'none'}`);
  const said = (stderr.trim() || stdout.trim()).slice(-600);
  return said === '' ? how : `${how}: ${said}`;
}

/** Files and whole directories that match; what a removed file leaves empty stays. */
async function removeMatches(root: string, matches: (path: string) => boolean, inside = ''): Promise<void> {
  for (const name of await readdir(join(root, inside))) {
    const path = `${inside}/${name}`;
    if (matches(path)) await rm(join(root, path), { recursive: true, force: true });
    else if ((await lstat(join(root, path))).isDirectory()) await removeMatches(root, matches, path);
  }
}

/** The manifest's own proof that the tree works. @throws WarderError HOST_ROOTFS_BUILD_FAILED */
export async function runSmoke(smoke: RootfsManifest['smoke'], context: StepContext): Promise<void> {
  await rm(context.work, { recursive: true, force: true });
  await mkdir(context.work, { recursive: true });
  for (const [file, text] of Object.entries(smoke.files)) await writeFile(join(context.work, file), text);
  let stdout = '';
  for (const argv of smoke.run) {
    const result = await runInTree(argv, { ...context, writable: false });
    if (result.exitCode !== 0) throw buildFailed(context.name, `smoke: ${argv.join(' ')}`, describe(result));
    stdout = result.stdout;
  }
  if (stdout === smoke.stdout) return;
  const why = `expected ${JSON.stringify(smoke.stdout)}, got ${JSON.stringify(stdout.slice(0, 300))}`;
  throw buildFailed(context.name, 'smoke', why);
}
