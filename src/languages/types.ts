/** A language as data and a few small functions. One file per language; the registry lists them. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Without the dot; the source is `main.<extension>` unless `sourceName` knows better. */
  readonly extensions: readonly [string, ...string[]];
  /** Where the compiler asks for a name of its own (Java: that of the public class). Relative to the workspace. */
  readonly sourceName?: (code: string) => string;
  /** Commands that can run it, the preferred one first; empty where what the compiler made is executed itself. */
  readonly interpreters: readonly string[];
  /** What the runtime itself needs at least; checked with a hint, never raised silently. */
  readonly baseline: Baseline;
  /** null for a language that is run from its source. */
  readonly compile: CompileStep | null;
  /** The run line; flags follow from the limits so that the runtime's idea of them is the kernel's. */
  readonly runArgv: (run: RunContext) => readonly string[];
  /** Variables that the runtime takes its limits from; the policy's and the request's own win. */
  readonly runEnvironment?: (run: RuntimeLimits) => Readonly<Record<string, string>>;
  /** Arguments with which the first tool tells its version. */
  readonly versionArgs: readonly string[];
  /** Not every version of the interpreter can run it: arguments with which the interpreter exits with 0 if it can. */
  readonly probe?: { readonly args: readonly string[]; readonly needs: string };
  /** A whole program that prints `hello`. */
  readonly hello: string;
}

export interface Baseline {
  readonly memoryBytes: number;
  readonly pids: number;
}

/** The first phase of a compiled language: files in, files of OUTPUT_DIRECTORY out. */
export interface CompileStep {
  /** Commands that can compile it, the preferred one first. */
  readonly compilers: readonly [string, ...string[]];
  /** What the compiler needs at least, of `compile.limits`. */
  readonly baseline: Baseline;
  readonly argv: (compile: CompileContext) => readonly string[];
  readonly environment?: (limits: RuntimeLimits) => Readonly<Record<string, string>>;
  /** What is handed to the run phase: globs relative to the workspace, all below OUTPUT_DIRECTORY. */
  readonly outputs: readonly string[];
  /** Whether an output is executed itself, and so needs its mode bits and a policy that executes written files. */
  readonly executable: boolean;
}

/** What a runtime is told about its limits. null = unlimited. */
export interface RuntimeLimits {
  readonly memoryBytes: number | null;
  readonly stackBytes: number | null;
  readonly cpuCores: number | null;
}

export interface CompileContext extends RuntimeLimits {
  /** Absolute path inside. */
  readonly compiler: string;
  /** Relative to the workspace, in which the compiler is started; never begins with a dash. */
  readonly entrypoint: string;
  /** Every file of the request, as `entrypoint`. */
  readonly files: readonly string[];
}

export interface RunContext extends RuntimeLimits {
  /** Absolute path inside; the same as the program's where `interpreters` is empty. */
  readonly interpreter: string;
  /** Absolute path inside. */
  readonly entrypoint: string;
  readonly args: readonly string[];
  /** What the compile phase handed on; empty without one, and in a plan that nothing was compiled for yet. */
  readonly outputs: readonly CompiledFile[];
}

export interface CompiledFile {
  /** Relative to the workspace. */
  readonly path: string;
  readonly content: Uint8Array;
}
