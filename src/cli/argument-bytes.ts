/** Arguments are bytes to the kernel and text to Node, which puts U+FFFD where they are not UTF-8. */
import { readFileSync } from 'node:fs';

const REPLACEMENT = '\uFFFD';

/**
 * The first argument that lost bytes, as Node shows it. The program, its environment and the names of its files would
 * otherwise silently be others than were asked for.
 */
export function damagedArgument(
  argv: readonly string[],
  commandLine: () => Uint8Array = readCommandLine,
): string | undefined {
  const suspect = argv.find((argument) => argument.includes(REPLACEMENT));
  // It may have been written on purpose: the bytes tell.
  return suspect === undefined || isUtf8(commandLine()) ? undefined : suspect;
}

/** proc_pid_cmdline(5): the arguments with a NUL after each. */
function readCommandLine(): Uint8Array {
  return readFileSync('/proc/self/cmdline');
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
