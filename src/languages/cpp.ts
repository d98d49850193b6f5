import { COMPILED_PROGRAM } from './compiled-program.ts';
import { EXECUTABLE, hasExtension, operand } from './places.ts';
import type { Language } from './types.ts';

const MIB = 1024 ** 2;
const SOURCES = ['cpp', 'cc', 'cxx'] as const;

export const cpp: Language = {
  ...COMPILED_PROGRAM,
  id: 'cpp',
  name: 'C++',
  aliases: ['c++', 'cxx', 'c++20', 'g++'],
  extensions: SOURCES,
  baseline: { memoryBytes: 4 * MIB, pids: 1 },
  compile: {
    compilers: ['g++', 'c++'],
    // Measured with <iostream> alone: 49 MiB.
    baseline: { memoryBytes: 64 * MIB, pids: 4 },
    // gnu++20 is C++20 with the declarations of POSIX, which -std=c++20 hides.
    argv: ({ compiler, entrypoint, files }) => [
      compiler,
      '-std=gnu++20',
      '-O2',
      '-pthread',
      '-fdiagnostics-color=never',
      '-o',
      operand(EXECUTABLE),
      // Whatever its name: gcc takes `.C` for C++, and a name without an extension for something of the linker's.
      '-x',
      'c++',
      ...[...new Set([entrypoint, ...files.filter((path) => hasExtension(path, SOURCES))])].map(operand),
    ],
    outputs: [EXECUTABLE],
    executable: true,
  },
  versionArgs: ['--version'],
  hello: '#include <iostream>\n\nint main() {\n  std::cout << "hello\\n";\n}\n',
};
