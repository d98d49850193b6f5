import { readFile } from 'node:fs/promises';

/** Every mount point that this process sees (proc_pid_mountinfo(5)), in the order of mounting. */
export async function probeMountPoints(path = '/proc/self/mountinfo'): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\n').flatMap((line) => {
    const mountPoint = line.split(' ')[4];
    // A mount on a file or directory that was removed since cannot be reached by anybody.
    return mountPoint === undefined || mountPoint.endsWith('//deleted') ? [] : [unescapeOctal(mountPoint)];
  });
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
