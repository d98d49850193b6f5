/** A language as data and two small functions. One file per language; the registry lists them. */
export interface Language {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Without the dot; the source is `main.<extension>`. */
  readonly extensions: readonly [string, ...string[]];
  /** Commands that can run it, the preferred one first. */
  readonly interpreters: readonly [string, ...string[]];
  /** What the runtime itself needs at least; checked with a hint, never raised silently. */
  readonly baseline: { readonly memoryBytes: number; readonly pids: number };
  /** The run line; flags follow from the limits so that the runtime's idea of them is the kernel's. */
  readonly runArgv: (run: RunContext) => readonly string[];
  readonly hello: string;
}

export interface RunContext {
  /** Absolute path inside. */
  readonly interpreter: string;
  /** Absolute path inside. */
  readonly entrypoint: string;
  readonly args: readonly string[];
  /** null = unlimited. */
  readonly memoryBytes: number | null;
}
