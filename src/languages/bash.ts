import type { Language } from './types.ts';

export const bash: Language = {
  id: 'bash',
  name: 'Bash',
  aliases: ['sh', 'shell'],
  extensions: ['sh', 'bash'],
  interpreters: ['bash'],
  baseline: { memoryBytes: 4 * 1024 ** 2, pids: 1 },
  compile: null,
  runArgv: ({ interpreter, entrypoint, args }) => [interpreter, '--norc', '--noprofile', entrypoint, ...args],
  versionArgs: ['--version'],
  hello: 'echo hello\n',
};
