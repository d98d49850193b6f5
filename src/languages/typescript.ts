import type { Language } from './types.ts';
import { heapFlags } from './v8-heap.ts';

/** Known since node 22.6; later versions do it unasked and still take the word. Types are removed, not checked. */
const STRIP_TYPES = '--experimental-strip-types';

export const typescript: Language = {
  id: 'typescript',
  name: 'TypeScript (Node.js, types removed)',
  aliases: ['ts'],
  extensions: ['ts', 'mts', 'cts'],
  interpreters: ['node'],
  baseline: { memoryBytes: 96 * 1024 ** 2, pids: 16 },
  compile: null,
  runArgv: ({ interpreter, entrypoint, args, memoryBytes }) => [
    interpreter,
    ...heapFlags(memoryBytes),
    STRIP_TYPES,
    // Or the first line of every program's stderr would be about the word above.
    '--disable-warning=ExperimentalWarning',
    entrypoint,
    ...args,
  ],
  versionArgs: ['--version'],
  probe: { args: [STRIP_TYPES, '--eval', ''], needs: 'node 22.6 or newer, which can remove types' },
  hello: 'const greeting: string = "hello"\nconsole.log(greeting)\n',
};
