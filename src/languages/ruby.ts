import type { Language } from './types.ts';

export const ruby: Language = {
  id: 'ruby',
  name: 'Ruby',
  aliases: ['rb'],
  extensions: ['rb'],
  interpreters: ['ruby'],
  baseline: { memoryBytes: 16 * 1024 ** 2, pids: 1 },
  compile: null,
  // Whatever LANG says: sources and files are UTF-8 for every other language here.
  runArgv: ({ interpreter, entrypoint, args }) => [interpreter, '--encoding=UTF-8', entrypoint, ...args],
  versionArgs: ['--version'],
  hello: 'puts "hello"\n',
};
