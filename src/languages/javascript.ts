import type { Language } from './types.ts';

const MIB = 1024 ** 2;
/** What node needs beside the JavaScript heap: code, stacks, buffers. Measured at about 45 MiB for `hello`. */
const OUTSIDE_HEAP_BYTES = 48 * MIB;

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  aliases: ['js', 'node', 'nodejs'],
  extensions: ['js', 'mjs', 'cjs'],
  interpreters: ['node'],
  baseline: { memoryBytes: 64 * MIB, pids: 16 },
  runArgv: ({ interpreter, entrypoint, args, memoryBytes }) => [
    interpreter,
    ...heapFlags(memoryBytes),
    entrypoint,
    ...args,
  ],
  hello: 'console.log("hello")\n',
};

/** V8 sizes its heap by the machine, not by the cgroup, so without this it grows into the OOM killer. */
function heapFlags(memoryBytes: number | null): string[] {
  if (memoryBytes === null) return [];
  const heapMiB = Math.max(16, Math.floor((memoryBytes - OUTSIDE_HEAP_BYTES) / MIB));
  return [`--max-old-space-size=${heapMiB}`];
}
