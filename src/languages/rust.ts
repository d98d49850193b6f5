import { COMPILED_PROGRAM } from './compiled-program.ts';
import { EXECUTABLE, operand } from './places.ts';
import type { Language } from './types.ts';

const MIB = 1024 ** 2;

export const rust: Language = {
  ...COMPILED_PROGRAM,
  id: 'rust',
  name: 'Rust',
  aliases: ['rs', 'rustc'],
  extensions: ['rs'],
  baseline: { memoryBytes: 2 * MIB, pids: 1 },
  compile: {
    compilers: ['rustc'],
    // Code generation has threads of its own, and the linker is a C compiler with its children. Measured for `hello`: 52 MiB, 7 tasks.
    baseline: { memoryBytes: 72 * MIB, pids: 10 },
    // Only the entry point: rustc finds its modules. Cargo, and with it build.rs, never takes part.
    argv: ({ compiler, entrypoint }) => [
      compiler,
      '--edition=2021',
      '--crate-name=main',
      '--crate-type=bin',
      '--color=never',
      '-Copt-level=2',
      // Debugging information of the standard library is most of the program; a panic still names its line.
      '-Cstrip=debuginfo',
      '-o',
      operand(EXECUTABLE),
      operand(entrypoint),
    ],
    outputs: [EXECUTABLE],
    executable: true,
  },
  versionArgs: ['--version'],
  hello: 'fn main() {\n    println!("hello");\n}\n',
};
