/** From a manifest to a tree with a name: collect, copy, steps, harden, check, try, publish. */
import { join } from 'node:path';
import { parseSizeBytes } from '#util/units.ts';
import { collectClosure, commandName, resolveCommands } from './closure.ts';
import { COMMAND_DIRECTORIES } from './collector.ts';
import { extractDebian } from './debian.ts';
import { buildFailed, explainBuildError } from './errors.ts';
import { removeTree } from './harden.ts';
import type { RootfsManifest } from './manifest-schema.ts';
import { type FinishedTree, finishTree, makeRoot, publishTree } from './publish.ts';
import { SourceTree } from './source-tree.ts';
import { stageItems } from './stage.ts';
import { makeLink, runSmoke, runStep, type StepContext } from './steps.ts';
import type { Store } from './store.ts';
import type { OnProgress } from './types.ts';

export type Builder = 'auto' | 'closure' | 'debian';

export interface BuildOptions {
  readonly store: Store;
  readonly nativePath: string;
  readonly bwrapPath: string;
  readonly uid: number;
  readonly builder: Builder;
  readonly mirror: string | null;
  /** For everything that a mirror has to send. */
  readonly downloadTimeoutMs: number;
  /** SOURCE_DATE_EPOCH: seconds that every file carries as its time. */
  readonly mtime: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress;
}

export interface BuiltTree extends FinishedTree {
  readonly buildMs: number;
}

/** @throws WarderError HOST_ROOTFS_BUILD_FAILED, HOST_ROOTFS_BUSY, HOST_ROOTFS_STORE */
export async function buildTree(manifest: RootfsManifest, options: BuildOptions): Promise<BuiltTree> {
  const { store, nativePath } = options;
  const { name } = manifest;
  const started = performance.now();
  try {
    return await store.build(name, nativePath, async (directory) => {
      const finished = await makeTree(manifest, directory, options);
      requireNotAborted(name, options.signal);
      const buildMs = Math.round(performance.now() - started);
      await publishTree({ store, name, directory, onProgress: options.onProgress }, finished, buildMs);
      return { ...finished, buildMs };
    });
  } catch (error) {
    throw explainBuildError(name, store.path, error);
  }
}

async function makeTree(
  manifest: RootfsManifest,
  directory: string,
  options: BuildOptions,
): Promise<FinishedTree> {
  const { name, languages } = manifest;
  const { onProgress, mtime, bwrapPath, signal } = options;
  const builder = await chooseBuilder(manifest, options.builder);
  const source = await openSource(manifest, builder, directory, options);
  onProgress({ name, phase: 'collect' });
  const wanted = selectionOf(manifest, builder);
  const items = await collectClosure(name, source, wanted);
  const real = await resolveCommands(source, wanted.commands);
  requireNotAborted(name, signal);
  onProgress({ name, phase: 'copy', detail: `${items.size} files` });
  const root = await makeRoot(directory);
  await stageItems(root, items);
  if (builder === 'debian') await removeTree(source.root);
  for (const { path, to } of builder === 'debian' ? (manifest.debian?.links ?? []) : []) {
    await makeLink(root, path, to);
  }
  const context: StepContext = { name, root, work: join(directory, 'work'), bwrapPath, mtime, signal, real };
  for (const step of manifest.steps) {
    requireNotAborted(name, signal);
    onProgress({ name, phase: 'step', detail: step.run?.join(' ') ?? Object.keys(step)[0] ?? '' });
    await runStep(step, context);
  }
  const finished = await finishTree({
    ...{ store: options.store, name, languages, directory, mtime, onProgress },
    source: describeSource(manifest, builder, options.mirror),
    maxBytes: parseSizeBytes(manifest.maxSize) ?? 0,
    preloaded: wanted.preloaded,
  });
  onProgress({ name, phase: 'smoke' });
  await runSmoke(manifest.smoke, context);
  return finished;
}

/** The host's own files where it has every command, since that needs neither a network nor another tool. */
async function chooseBuilder(manifest: RootfsManifest, wanted: Builder): Promise<'closure' | 'debian'> {
  const { closure, debian, name } = manifest;
  if (wanted !== 'auto') {
    if (manifest[wanted]) return wanted;
    throw buildFailed(name, 'collect', `its manifest has no \`${wanted}\``, {
      hint: `Build it with --builder ${wanted === 'closure' ? 'debian' : 'closure'}`,
    });
  }
  if (!closure || !debian) return closure ? 'closure' : 'debian';
  const real = await resolveCommands(new SourceTree('/'), closure.commands);
  return closure.commands.every((command) => real.has(commandName(command))) ? 'closure' : 'debian';
}

async function openSource(
  manifest: RootfsManifest,
  builder: 'closure' | 'debian',
  directory: string,
  options: BuildOptions,
): Promise<SourceTree> {
  const { name, debian } = manifest;
  if (builder === 'closure' || !debian) return new SourceTree('/');
  const { onProgress, mirror, uid, mtime, signal } = options;
  onProgress({ name, phase: 'download', detail: debian.include.join(' ') });
  const root = await extractDebian({
    ...{ name, directory, mirror, uid, mtime, signal },
    suite: debian.suite,
    include: debian.include,
    timeoutMs: options.downloadTimeoutMs,
    onLine: (line) => onProgress({ name, phase: 'download', detail: line }),
  });
  return new SourceTree(root);
}

function selectionOf({ closure, debian }: RootfsManifest, builder: 'closure' | 'debian') {
  const selection = builder === 'closure' ? closure : debian;
  const none = { commands: [], files: [], libraries: [], preloaded: [], exclude: [] };
  return { ...none, ...selection, packages: builder === 'closure' ? (closure?.packages ?? []) : [] };
}

function describeSource(
  { debian }: RootfsManifest,
  builder: 'closure' | 'debian',
  mirror: string | null,
): Record<string, string> {
  if (builder === 'closure') return { builder, directories: COMMAND_DIRECTORIES.join(':') };
  return { builder, suite: debian?.suite ?? '', ...(mirror === null ? {} : { mirror }) };
}

function requireNotAborted(name: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw buildFailed(name, 'files', 'interrupted');
}
