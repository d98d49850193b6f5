import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errnoOf, WarderError } from '#error/warder-error.ts';

/** Node's names of architectures and the directories that scripts/build-native fills, which carry the kernel's names. */
const DIRECTORIES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/**
 * Where the native program for `arch` (a value of `process.arch`) lies; the same for sources and for the built package.
 *
 * @throws WarderError HOST_ARCH_UNSUPPORTED
 */
export function nativePath(arch: string = process.arch): string {
  return programPath('warder-init', arch);
}

/**
 * The same for the program that the escape suite runs in sandboxes.
 * @throws WarderError HOST_ARCH_UNSUPPORTED
 */
export function probePath(arch: string = process.arch): string {
  return programPath('warder-probe', arch);
}

function programPath(name: string, arch: string): string {
  const directory = Object.hasOwn(DIRECTORIES, arch) ? DIRECTORIES[arch] : undefined;
  if (directory === undefined) {
    throw new WarderError('HOST_ARCH_UNSUPPORTED', `there is no native program for ${arch}`, {
      details: { arch },
      hint: `warder's native program exists for ${Object.keys(DIRECTORIES).join(' and ')}`,
    });
  }
  return fileURLToPath(new URL(`../../dist/native/${directory}/${name}`, import.meta.url));
}

/** The native program, opened once: launchers under another uid get it by descriptor, not by path. */
export interface NativeProgram {
  readonly path: string;
  readonly handle: FileHandle;
}

/** @throws WarderError HOST_NATIVE_MISSING, HOST_ARCH_UNSUPPORTED */
export async function openNative(path: string = nativePath()): Promise<NativeProgram> {
  try {
    return { path, handle: await open(path, 'r') };
  } catch (cause) {
    throw new WarderError(
      'HOST_NATIVE_MISSING',
      `the native program cannot be opened: ${errnoOf(cause)} ${path}`,
      {
        details: { path },
        hint: 'Build it: scripts/build-native (needs a C compiler and libc6-dev)',
        cause,
      },
    );
  }
}
