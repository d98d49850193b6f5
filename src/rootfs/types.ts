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

/** One entry of a finished tree. Owner and times are not part of it: they depend on who built it and when. */
export type TreeEntry =
  | { readonly path: string; readonly type: 'directory'; readonly mode: number }
  | {
      readonly path: string;
      readonly type: 'file';
      readonly mode: number;
      readonly size: number;
      readonly sha256: string;
    }
  | { readonly path: string; readonly type: 'link'; readonly to: string };

/** How the top of a tree is put into a jail: what is bound, and which links are made. Paths are inside. */
export interface TreeLayout {
  readonly binds: readonly string[];
  readonly symlinks: readonly { readonly target: string; readonly to: string }[];
  readonly path: readonly string[];
  readonly commands: Readonly<Record<string, string>>;
}

/** What `tree.json` says; its own SHA-256 is the tree's name in the store and its identity in results. */
export interface TreeRecord {
  readonly schema: 1;
  readonly name: string;
  /** Ids of the languages that it is for. */
  readonly languages: readonly string[];
  /** `closure`, `debian` or `import`, and what of. */
  readonly source: Readonly<Record<string, string>>;
  readonly layout: TreeLayout;
  readonly files: number;
  readonly bytes: number;
  /** Seconds since 1970 that every file carries. */
  readonly mtime: number;
  /** Of manifest.json, which lists every entry. */
  readonly manifestSha256: string;
}

export type BuildPhase =
  | 'download'
  | 'unpack'
  | 'collect'
  | 'copy'
  | 'step'
  | 'harden'
  | 'check'
  | 'smoke'
  | 'publish';

export interface BuildProgress {
  readonly name: string;
  readonly phase: BuildPhase;
  readonly detail?: string;
}

export type OnProgress = (progress: BuildProgress) => void;
