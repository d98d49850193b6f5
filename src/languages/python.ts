import type { Language } from './types.ts';

export const python: Language = {
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3'],
  extensions: ['py'],
  interpreters: ['python3'],
  baseline: { memoryBytes: 16 * 1024 ** 2, pids: 1 },
  compile: null,
  // -B: the bytecode would go into the workspace, where nobody reads it again.
  runArgv: ({ interpreter, entrypoint, args }) => [interpreter, '-B', entrypoint, ...args],
  versionArgs: ['--version'],
  hello: 'print("hello")\n',
};
