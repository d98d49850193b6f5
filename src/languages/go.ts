import { COMPILED_PROGRAM } from './compiled-program.ts';
import { directoryOf, EXECUTABLE, hasExtension, operand } from './places.ts';
import { processors } from './processors.ts';
import type { CompileContext, Language, RuntimeLimits } from './types.ts';

const MIB = 1024 ** 2;

export const go: Language = {
  ...COMPILED_PROGRAM,
  id: 'go',
  name: 'Go',
  aliases: ['golang'],
  extensions: ['go'],
  baseline: { memoryBytes: 8 * MIB, pids: 8 },
  compile: {
    compilers: ['go'],
    // Threads of the go command, and a compiler and a linker with theirs. Measured for `hello`: 33 MiB, 9 tasks.
    baseline: { memoryBytes: 48 * MIB, pids: 12 },
    argv: (compile) => [
      compile.compiler,
      'build',
      // No -trimpath: the standard library that comes compiled with Go would be compiled again, 3 s instead of 0.2.
      '-buildvcs=false',
      // The default on Linux, except that a package that is no program is refused instead of made an archive.
      '-buildmode=exe',
      ...moduleMode(compile),
      '-o',
      operand(EXECUTABLE),
      ...packageOf(compile),
    ],
    environment: (limits) => ({
      ...goLimits(limits),
      // Nothing is fetched, nothing but Go is called: a program with cgo does not build.
      CGO_ENABLED: '0',
      GOPROXY: 'off',
      GOSUMDB: 'off',
      GOTOOLCHAIN: 'local',
      GOTELEMETRY: 'off',
      GOCACHE: '/tmp/go-build',
      GOPATH: '/tmp/go',
      GOENV: 'off',
    }),
    outputs: [EXECUTABLE],
    executable: true,
  },
  runEnvironment: goLimits,
  versionArgs: ['version'],
  hello: 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("hello")\n}\n',
};

/**
 * Files that `go build` leaves out of a directory's package by their names, but takes when they are named: tests, those of
 * other systems, and names that begin with a dot or an underscore (`go help packages`, `go help buildconstraint`).
 */
const NOT_OF_PACKAGE =
  /_test\.go$|(?:^|\/)[._][^/]*$|_(?:aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|nacl|netbsd|openbsd|plan9|solaris|wasip1|windows|zos)(?:_(?:386|amd64|arm|arm64|loong64|mips|mips64|mips64le|mipsle|ppc64|ppc64le|riscv64|s390x|wasm))?\.go$/;

/** With a go.mod the directory of the entry point; without one its files, which need no module then. */
function packageOf({ entrypoint, files }: CompileContext): readonly string[] {
  const directory = directoryOf(entrypoint);
  if (files.includes('go.mod')) return [operand(directory)];
  const siblings = files.filter((path) => directoryOf(path) === directory && hasExtension(path, ['go']));
  const sources = siblings.filter((path) => path !== entrypoint && !NOT_OF_PACKAGE.test(path));
  return [entrypoint, ...sources].map(operand);
}

/**
 * A go.mod that says too little is completed from what is there (`-mod=mod`), rather than refused; vendored modules count
 * only if that is not asked for. A go.work takes neither word.
 */
function moduleMode({ files }: CompileContext): readonly string[] {
  if (!files.includes('go.mod') || files.includes('go.work')) return [];
  return [files.includes('vendor/modules.txt') ? '-mod=vendor' : '-mod=mod'];
}

/** The collector works harder near the limit instead of running into it (runtime, GOMEMLIMIT); the rest is stacks and code. */
function goLimits({ memoryBytes, cpuCores }: RuntimeLimits): Record<string, string> {
  return {
    ...(memoryBytes === null ? {} : { GOMEMLIMIT: `${Math.floor(memoryBytes * 0.9)}B` }),
    ...(cpuCores === null ? {} : { GOMAXPROCS: String(processors(cpuCores)) }),
  };
}
