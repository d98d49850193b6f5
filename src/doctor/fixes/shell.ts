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

/** Debian's and Ubuntu's boot loader; takes effect with the next boot. */
export function addKernelParameter(parameter: string, summary: string): Fix {
  const name = parameter.replace(/\W.*$/, '');
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

export function dropKernelParameter(parameter: string, summary: string): Fix {
  const files = '/etc/default/grub $(ls /etc/default/grub.d/*.cfg 2>/dev/null)';
  return asRoot(`${summary}; then reboot`, `sed -i 's/ *\\b${parameter}\\b//' ${files}`, 'update-grub');
}
