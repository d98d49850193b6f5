/** A root file system resolved to what a plan needs: read-only binds, links, and where commands are. */
export interface ResolvedRootfs {
  readonly name: string;
  readonly sha256: string | null;
  readonly binds: readonly { readonly source: string; readonly target: string }[];
  readonly symlinks: readonly { readonly target: string; readonly to: string }[];
  /** The program's PATH, in order. */
  readonly path: readonly string[];
  /** Name → absolute path inside, of the interpreters that were looked for. */
  readonly commands: Readonly<Record<string, string>>;
}
