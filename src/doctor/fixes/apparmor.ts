import type { Fix } from '#doctor/types.ts';
import { asRoot, escapeRegExp, quote, writeFile } from './shell.ts';

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

/**
 * For a profile that keeps the launcher from its work. It is unloaded by its name, since it need not have come from a file
 * that is there; files that define it stay, and are left out from now on (apparmor_parser(8), "disable").
 *
 * @param thenAllow whether this host wants a profile for user namespaces, so that having none would not do
 */
export function liftProfile(profile: string, launcherPath: string, thenAllow: boolean): Fix {
  const header = `^[[:space:]]*(profile[[:space:]]+)?"?${escapeRegExp(profile)}"?([[:space:]{]|$)`;
  return asRoot(
    `Take the AppArmor profile ${profile} from ${launcherPath}, also for its other users; its file stays, with a link in /etc/apparmor.d/disable`,
    'mkdir -p /etc/apparmor.d/disable',
    `{ grep -d skip -lsE ${quote(header)} /etc/apparmor.d/* || true; } |`,
    '  while read -r file; do ln -sf "$file" /etc/apparmor.d/disable/; done',
    `printf %s ${quote(profile)} > /sys/kernel/security/apparmor/.remove`,
    ...(thenAllow ? [allowUserNamespaces(launcherPath).script] : []),
  );
}
