import type { DelegationFailure } from '#cgroup/delegation.ts';

/** What the host can do, read once. Plain data, so that planning is a pure function of it. */
export interface HostFacts {
  /** `uname -r`. */
  readonly kernel: string;
  /** Node's name of the architecture: `x64`, `arm64`. */
  readonly arch: string;
  /** Effective uid of the supervisor. */
  readonly uid: number;
  readonly engines: { readonly bubblewrap: EngineFacts; readonly nsjail: EngineFacts };
  /** Why user namespaces are not to be had; null when nothing speaks against it. */
  readonly usernsDenied: string | null;
  readonly cgroup: CgroupFacts;
  /** Version of the Landlock ABI that the kernel offers; 0 = none. */
  readonly landlockAbi: number;
  /** 0 where no swap is active. */
  readonly swapTotalBytes: number;
  readonly hostRootfs: HostRootfsFacts;
  /** Files of /proc that exist here and tell more about the host than a program needs. */
  readonly procMasks: readonly string[];
  /** Every mount point of the host, in the order of mounting. */
  readonly mountPoints: readonly string[];
}

export type EngineFacts =
  | {
      readonly found: false;
      readonly searched: readonly string[];
      /** Why the path that the operator gave in place of a search is of no use; absent after a search. */
      readonly givenButUnusable?: string;
    }
  | {
      readonly found: true;
      readonly path: string;
      readonly version: string;
      /**
       * Options that the launcher names in its own help; features are told by these, not by the version. null while it
       * has not been asked: that takes a process, so a launcher that is only a second choice is asked when it is chosen.
       */
      readonly options: readonly string[] | null;
      /** The operator gave the path: another launcher is no substitute. */
      readonly given?: true;
    };

export interface CgroupFacts {
  readonly driver: 'v1' | 'v2' | 'none';
  /** Controllers in which a leaf with limits can be made, by probing. */
  readonly controllers: readonly CgroupController[];
  /** Processors that a leaf can be given, sorted; absent where the cpuset controller is not usable. */
  readonly cpus?: readonly number[];
  /** Whether swap can be limited (memory.memsw or memory.swap). */
  readonly swapLimit: boolean;
  /** Controller or `driver` → why it is not usable. */
  readonly unusable: Readonly<Record<string, string>>;
  /** How the place for leaves was found; absent where nobody has looked for one. */
  readonly delegation?: DelegationFacts;
}

export interface DelegationFacts {
  /** The parent of the leaves on v2; null on v1, and where there is none. */
  readonly dir: string | null;
  /** Who moves a process into its leaf; null where nobody can. */
  readonly join: 'self' | 'systemd' | null;
  /** What did not work, in the order of trying, each with a fix; not empty as well where another step did. */
  readonly failures: readonly DelegationFailure[];
  /** Controllers of optional limits that the place does not pass on. */
  readonly optional?: readonly DelegationFailure[];
}

export type CgroupController = 'memory' | 'pids' | 'cpu' | 'cpuacct' | 'cpuset' | 'io';

/** The parts of the host's own system that a jail may see read-only. */
export interface HostRootfsFacts {
  /** Top-level directories: symbolic links into /usr on merged systems, else directories to bind. */
  readonly topLevel: readonly { readonly path: string; readonly linkTo: string | null }[];
  /** Files and directories of /etc that interpreters need and that hold nothing of the user. */
  readonly etc: readonly string[];
  /** Commands found in the directories of the jail's PATH: name → absolute path inside. */
  readonly commands: Readonly<Record<string, string>>;
}
