/** Repairs as shell text, from their parts. Every value goes through `quote`. */
import type { Fix } from '#doctor/types.ts';

const SYSCTL_DIRECTORY = '/etc/sysctl.d';

/** `summary` begins with a verb. */
export function asRoot(summary: string, ...lines: readonly string[]): Fix {
  return { summary, asRoot: true, script: lines.join('\n') };
}

export function asUser(summary: string, ...lines: readonly string[]): Fix {
  return { summary, asRoot: false, script: lines.join('\n') };
}

/** One word for a shell, whatever is in it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Writes a file. Not a here-document, whose end is not found any more once somebody has indented it. */
export function writeFile(path: string, ...lines: readonly string[]): string {
  return ["printf '%s\\n' \\", ...lines.map((line) => `  ${quote(line)} \\`), `  > ${quote(path)}`].join(
    '\n',
  );
}

export function installPackages(summary: string, ...names: readonly string[]): Fix {
  return asRoot(summary, 'apt-get update', `apt-get install --yes ${names.map(quote).join(' ')}`);
}

/** Now and after every boot. A file of its own for each, so that one repair does not undo another. */
export function setSysctl(key: string, value: number | string, summary = `Set ${key} to ${value}`): Fix {
  const file = `${SYSCTL_DIRECTORY}/60-warder-${key.replaceAll('.', '-')}.conf`;
  return asRoot(summary, writeFile(file, `${key} = ${value}`), `sysctl --load=${quote(file)}`);
}

const GRUB_FILES = '/etc/default/grub $(ls /etc/default/grub.d/*.cfg 2>/dev/null)';

/**
 * Debian's and Ubuntu's boot loader; takes effect with the next boot. `key=` of GRUB_CMDLINE_LINUX_DEFAULT would come
 * after ours and win, so that other values of the key go first.
 */
export function setKernelParameter(key: string, value: string, summary: string): Fix {
  const { script } = addKernelParameter(`${key}=${value}`, summary);
  return asRoot(`${summary}; then reboot`, dropLine(`${escapeRegExp(key)}=[^" ]*`), script);
}

/** For a parameter that may be there several times, or that has no value. */
export function addKernelParameter(parameter: string, summary: string): Fix {
  const name = parameter.replace(/=.*$/, '').replaceAll(/[^\w-]/g, '-');
  return asRoot(
    `${summary}; then reboot`,
    'mkdir -p /etc/default/grub.d',
    writeFile(
      `/etc/default/grub.d/60-warder-${name}.cfg`,
      `GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX ${parameter}"`,
    ),
    'update-grub',
  );
}

/** `parameter` as it stands on the command line of the kernel, with its value. */
export function dropKernelParameter(parameter: string, summary: string): Fix {
  return asRoot(`${summary}; then reboot`, dropLine(escapeRegExp(parameter)), 'update-grub');
}

/** Between quotes and blanks, so that `cgroup_disable=memory` is not taken out of a longer word. */
function dropLine(pattern: string): string {
  return `sed -i -E ${quote(`s#([" ])${pattern}([" ]|$)#\\1\\2#g`)} ${GRUB_FILES}`;
}

/** For an extended regular expression. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
