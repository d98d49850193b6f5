import type { Entries, Leaf } from './flatten.ts';
import { LIMIT_UNITS } from './limit-fields.ts';
import { mergeEntries } from './merge.ts';

/** What no file needs to say: nothing is added, nothing is waived, and an output limit ends the run. */
const DEFAULTS: Readonly<Record<string, Leaf>> = {
  'limits.stdout.onExceed': 'kill',
  'limits.stderr.onExceed': 'kill',
  'filesystem.mounts': [],
  'seccomp.allow': [],
  'seccomp.deny': [],
  allowDegraded: [],
  'artifacts.count': 64,
  'artifacts.size': '8MiB',
  'artifacts.total': '32MiB',
  'artifacts.depth': 16,
};

/** What some file has to say, `base` for instance: a limit that nobody wrote down is not guessed. */
const REQUIRED: readonly string[] = [
  ...Object.keys(LIMIT_UNITS)
    .filter((field) => !field.endsWith('.inodes') && !field.startsWith('io.'))
    .map((field) => `limits.${field}`),
  'network.mode',
  'filesystem.rootfs',
  'identity.uid',
  'identity.gid',
  'identity.hostname',
  'devices',
  'seccomp.profile',
  'execution.writtenFiles',
];

/** The entries with a default, without origin, wherever no file says anything. */
export function withDefaults(entries: Entries): Entries {
  const defaults = Object.entries(DEFAULTS).map(
    ([path, value]) => [path, { op: 'set', value, origins: [] }] as const,
  );
  return mergeEntries(new Map(defaults), entries);
}

/** Paths that are required and that no file sets. */
export function missingPaths(entries: Entries): readonly string[] {
  return REQUIRED.filter((path) => !entries.has(path));
}
