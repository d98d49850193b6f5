import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { WarderError } from '#error/warder-error.ts';
import type { Logger } from '#log/logger.ts';

/** A launch is half waiting for the kernel, so twice the processors keeps them busy (measured). */
const RUNS_PER_PROCESSOR = 2;
const DEFAULT_MAX_QUEUED = 1000;
const DEFAULT_SETUP_TIMEOUT_MS = 10_000;

export interface WarderOptions {
  /** Name of a shipped policy or path of a policy file; default `strict`. */
  readonly policy?: string;
  /**
   * What a request may name as its policy, besides `policy`: names of shipped policies and paths of files. Default: every
   * shipped policy, and no file, since a request may come from somebody who must not read files of the host.
   */
  readonly policies?: readonly string[];
  readonly engine?: 'auto' | 'bubblewrap' | 'nsjail';
  /** Runs at the same time; default twice the processors. */
  readonly concurrency?: number;
  /** Runs that may wait; one more is refused with SUPERVISE_QUEUE_FULL. Default 1000. */
  readonly maxQueued?: number;
  /** How long a sandbox may take to be ready, milliseconds; default 10 000. */
  readonly setupTimeoutMs?: number;
  /** Where the groups of runs may lie on cgroup v2; docs/cgroups.md. */
  readonly cgroup?: {
    /** An existing directory below /sys/fs/cgroup that was delegated to us and holds no process; no other is tried then. */
    readonly parent?: string;
    /** Whether this process may be moved into a subgroup of the delegated group that it is in. Default false. */
    readonly moveSelf?: boolean;
  };
  /** Whether what was compiled is kept for the next run of the same source; docs/languages.md. Default true. */
  readonly compileCache?: boolean;
  /** A pino logger; silent without one. */
  readonly logger?: Logger;
}

const optionsSchema = z.strictObject({
  policy: z.string().min(1).default('strict'),
  policies: z.array(z.string().min(1)).nullable().default(null),
  engine: z.enum(['auto', 'bubblewrap', 'nsjail']).default('auto'),
  concurrency: z
    .int()
    .min(1)
    .max(10_000)
    .default(() => availableParallelism() * RUNS_PER_PROCESSOR),
  maxQueued: z.int().min(0).default(DEFAULT_MAX_QUEUED),
  setupTimeoutMs: z.int().min(1).default(DEFAULT_SETUP_TIMEOUT_MS),
  compileCache: z.boolean().default(true),
  cgroup: z
    .strictObject({
      parent: z.string().startsWith('/').nullable().default(null),
      moveSelf: z.boolean().default(false),
    })
    .prefault({}),
});

export type WarderSettings = z.output<typeof optionsSchema>;

/** @throws WarderError REQUEST_INVALID with every problem */
export function parseOptions(options: Omit<WarderOptions, 'logger'>): WarderSettings {
  const result = optionsSchema.safeParse(options);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new WarderError(
    'REQUEST_INVALID',
    `the options of createWarder are invalid: ${z.prettifyError(result.error)}`,
    {
      details: { issues },
    },
  );
}
