import { readFile } from 'node:fs/promises';
import { parseCpuList } from '#util/cpu-list.ts';
import { runTool } from './run-tool.ts';

const PROBE_TIMEOUT_MS = 10_000;

/**
 * What a command writes into a tree shall be the same every time. Java's archive of classes holds addresses, so the kernel
 * is asked not to randomize them (personality(2), setarch(8)), where it may be asked: containers often forbid it. And it
 * is laid out in the order in which the JVM's threads come by, which is mostly the same when they all wait for one processor
 * (taskset(1)): measured on a busy machine, nearly all archives were equal then, and without it no two of three.
 * @returns what to put in front of a command line; empty where neither tool is there or may do it
 */
export async function steadyStart(name: string): Promise<readonly string[]> {
  const processor = await pickProcessor(name);
  const fixed = ['setarch', '-R'];
  const pinned = processor === undefined ? [] : ['taskset', '-c', String(processor)];
  for (const before of [[...pinned, ...fixed], pinned, fixed]) {
    if (before.length > 0 && (await works(before))) return before;
  }
  return [];
}

async function works([tool = '', ...args]: readonly string[]): Promise<boolean> {
  const { exitCode } = await runTool(tool, [...args, '/bin/true'], { timeoutMs: PROBE_TIMEOUT_MS });
  return exitCode === 0;
}

/** One that this process may use, another one for other names, so that builds side by side do not share one. */
async function pickProcessor(name: string): Promise<number | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const allowed = parseCpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '') ?? [];
  const sum = [...Buffer.from(name)].reduce((total, byte) => total + byte, 0);
  return allowed[sum % Math.max(1, allowed.length)];
}
