import type { Fix } from '#doctor/types.ts';
import { asRoot, quote, writeFile } from './shell.ts';

/**
 * Ubuntu (23.10 and on) takes the privileges from user namespaces of every program that no profile allows them
 * (kernel.apparmor_restrict_unprivileged_userns). A profile for the launcher alone keeps that rule for all others;
 * `flags=(unconfined)` because the launcher confines what it starts, and warder's filter and Landlock after it.
 */
export function allowUserNamespaces(launcherPath: string): Fix {
  const name = `warder-${(launcherPath.split('/').at(-1) ?? '').replace(/[^\w-]/g, '-')}`;
  const file = `/etc/apparmor.d/${name}`;
  return asRoot(
    `Give ${launcherPath} an AppArmor profile that allows it user namespaces; every other program stays as restricted as it is`,
    writeFile(file, ...userNamespaceProfile(name, launcherPath)),
    `apparmor_parser --replace ${quote(file)}`,
  );
}

function userNamespaceProfile(name: string, launcherPath: string): readonly string[] {
  return [
    'abi <abi/4.0>,',
    'include <tunables/global>',
    '',
    `profile ${name} "${launcherPath.replace(/["\\]/g, '\\$&')}" flags=(unconfined) {`,
    '  userns,',
    '',
    `  include if exists <local/${name}>`,
    '}',
  ];
}
