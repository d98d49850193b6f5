import type { Language } from './types.ts';
import { heapFlags } from './v8-heap.ts';

export const javascript: Language = {
  id: 'javascript',
  name: 'JavaScript (Node.js)',
  aliases: ['js', 'node', 'nodejs'],
  extensions: ['js', 'mjs', 'cjs'],
  interpreters: ['node'],
  baseline: { memoryBytes: 64 * 1024 ** 2, pids: 16 },
  compile: null,
  runArgv: ({ interpreter, entrypoint, args, memoryBytes }) => [
    interpreter,
    ...heapFlags(memoryBytes),
    entrypoint,
    ...args,
  ],
  versionArgs: ['--version'],
  hello: 'console.log("hello")\n',
};
