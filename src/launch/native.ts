import { type FileHandle, open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errnoOf, WarderError } from '#error/warder-error.ts';

/** Where the build puts the native program; the same for sources and for the built package. */
export const NATIVE_PATH = fileURLToPath(new URL('../../dist/native/warder-init', import.meta.url));

/** The native program, opened once: launchers under another uid get it by descriptor, not by path. */
export interface NativeProgram {
  readonly path: string;
  readonly handle: FileHandle;
}

/** @throws WarderError HOST_NATIVE_MISSING */
export async function openNative(path: string = NATIVE_PATH): Promise<NativeProgram> {
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
