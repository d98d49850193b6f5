import { mainClassOf } from './java-class.ts';
import { javaFileName } from './java-source.ts';
import { hasExtension, OUTPUT_DIRECTORY, operand, WORKSPACE } from './places.ts';
import { processors } from './processors.ts';
import type { CompiledFile, Language, RunContext, RuntimeLimits } from './types.ts';

const MIB = 1024 ** 2;
/** What the JVM needs beside the heap: metaspace, code, the collector's tables, stacks. Measured: 60 MiB for `hello`. */
const OUTSIDE_HEAP_BYTES = 192 * MIB;
const HEAP_LEAST_BYTES = 32 * MIB;
const STACK_LEAST_BYTES = 512 * 1024;
/** Beyond this HotSpot refuses to start (`-Xss` is at most 1 GiB). */
const STACK_MOST_BYTES = 1024 * MIB;

export const java: Language = {
  id: 'java',
  name: 'Java',
  aliases: ['jdk', 'openjdk'],
  extensions: ['java'],
  sourceName: javaFileName,
  interpreters: ['java'],
  baseline: { memoryBytes: 96 * MIB, pids: 20 },
  compile: {
    compilers: ['javac'],
    baseline: { memoryBytes: 96 * MIB, pids: 18 },
    argv: ({ compiler, entrypoint, files, ...limits }) => [
      compiler,
      ...jvmFlags(limits).map((flag) => `-J${flag}`),
      '-encoding',
      'UTF-8',
      // Annotation processors are programs; none is part of the request.
      '-proc:none',
      '-nowarn',
      '-d',
      operand(OUTPUT_DIRECTORY),
      ...[...new Set([entrypoint, ...files.filter((path) => hasExtension(path, ['java']))])].map(operand),
    ],
    outputs: [`${OUTPUT_DIRECTORY}/**/*.class`],
    executable: false,
  },
  runArgv: (run) => [
    run.interpreter,
    ...jvmFlags(run),
    '-Dfile.encoding=UTF-8',
    '-cp',
    `${WORKSPACE}/${OUTPUT_DIRECTORY}:${WORKSPACE}`,
    mainClass(run),
    ...run.args,
  ],
  versionArgs: ['-version'],
  hello:
    'public class Main {\n  public static void main(String[] args) {\n    System.out.println("hello");\n  }\n}\n',
};

/** One collector and one compiler thread suit small and short programs; the JVM would choose by the machine. */
function jvmFlags({ memoryBytes, stackBytes, cpuCores }: RuntimeLimits): readonly string[] {
  return [
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    // Its files in /tmp are for tools outside.
    '-XX:-UsePerfData',
    '-Xshare:auto',
    ...(cpuCores === null ? [] : [`-XX:ActiveProcessorCount=${processors(cpuCores)}`]),
    ...(memoryBytes === null ? [] : [`-Xmx${Math.floor(heapBytes(memoryBytes) / MIB)}m`]),
    ...(stackBytes === null ? [] : [`-Xss${Math.floor(stackOf(stackBytes) / 1024)}k`]),
  ];
}

/** So that OutOfMemoryError, which a program can read, comes before the kernel's end. */
function heapBytes(memoryBytes: number): number {
  return Math.max(HEAP_LEAST_BYTES, memoryBytes - OUTSIDE_HEAP_BYTES, Math.floor(memoryBytes * 0.35));
}

function stackOf(stackBytes: number): number {
  return Math.min(STACK_MOST_BYTES, Math.max(STACK_LEAST_BYTES, stackBytes));
}

/**
 * The class that the entry point's path names with its packages, where it is a program: `q/Main.java` is `q.Main` and not
 * `p.Main`. Else one of its simple name, whose packages need not be directories for javac; else the first one by name.
 */
function mainClass({ entrypoint, outputs }: RunContext): string {
  const source = entrypoint.replace(/\.java$/i, '');
  const simple = baseName(source);
  const mains = outputs.flatMap(toMainClass).sort();
  const byPath = mains.filter((name) => source.endsWith(`/${name.replaceAll('.', '/')}`));
  // Of `a.b.Main` and `b.Main` in a/b/Main.java, the one that says more.
  const longest = byPath.reduce((most, name) => (name.length > most.length ? name : most), '');
  const named = mains.find((name) => name.endsWith(`.${simple}`));
  return longest || named || mains[0] || simple;
}

function toMainClass({ path, content }: CompiledFile): readonly string[] {
  const name = mainClassOf(content);
  // A class is loaded by the path that it lies at.
  return name !== undefined && path === `${OUTPUT_DIRECTORY}/${name.replaceAll('.', '/')}.class`
    ? [name]
    : [];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
