import type { Fix } from '#doctor/types.ts';
import { asUser, quote } from './shell.ts';

/**
 * Into the store of this user, from the files of this host where it has them, else from packages.
 *
 * @param self the words that start this very program, which need not be on PATH
 */
export function buildTree(name: string, self: readonly string[]): Fix {
  return asUser(
    `Build the root file system ${name}, which is then the one that programs see`,
    [...self, 'rootfs', 'build', name].map(quote).join(' '),
  );
}
