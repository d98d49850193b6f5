import { readFile } from 'node:fs/promises';

/** Children by the kernel's own list (proc(5), CONFIG_PROC_CHILDREN). */
export async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
