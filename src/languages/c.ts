import { COMPILED_PROGRAM } from './compiled-program.ts';
import { EXECUTABLE, hasExtension, operand } from './places.ts';
import type { Language } from './types.ts';

const MIB = 1024 ** 2;
const SOURCES = ['c'];

export const c: Language = {
  ...COMPILED_PROGRAM,
  id: 'c',
  name: 'C',
  aliases: ['c17', 'gcc'],
  extensions: ['c'],
  baseline: { memoryBytes: 2 * MIB, pids: 1 },
  compile: {
    compilers: ['gcc', 'cc'],
    // The driver, and the preprocessor and compiler, assembler or linker (with collect2) below it.
    baseline: { memoryBytes: 16 * MIB, pids: 4 },
    // gnu17 is C17 with the declarations of POSIX, which -std=c17 hides.
    argv: ({ compiler, entrypoint, files }) => [
      compiler,
      '-std=gnu17',
      '-O2',
      '-pthread',
      '-fdiagnostics-color=never',
      '-o',
      operand(EXECUTABLE),
      // Whatever its name: gcc takes `.C` for C++, and a name without an extension for something of the linker's.
      '-x',
      'c',
      ...[...new Set([entrypoint, ...files.filter((path) => hasExtension(path, SOURCES))])].map(operand),
      '-x',
      'none',
      '-lm',
    ],
    outputs: [EXECUTABLE],
    executable: true,
  },
  versionArgs: ['--version'],
  hello: '#include <stdio.h>\n\nint main(void) {\n  puts("hello");\n  return 0;\n}\n',
};
