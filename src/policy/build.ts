import type { Entries, Leaf } from './flatten.ts';
import {
  ARTIFACT_UNITS,
  effectiveLeaf,
  LIMIT_UNITS,
  type LimitUnit,
  parseCpus,
  parseLimit,
} from './limit-fields.ts';
import type { IoLimit, Limit, OutputLimit, ResolvedLimits, ResolvedPolicy, TmpfsLimit } from './types.ts';

/** Name and digest of the policy that the entries come from. */
export interface PolicyHead {
  readonly name: string;
  readonly description: string;
  readonly sha256: string;
}

/** Complete, valid entries as the typed policy in base units. The schema and rules.ts have vouched for the types. */
export function buildPolicy(head: PolicyHead, entries: Entries): ResolvedPolicy {
  const value = <T extends Leaf>(path: string): T => entries.get(path)?.value as T;
  return {
    name: head.name,
    description: head.description,
    sha256: head.sha256,
    limits: buildLimits(entries, 'limits'),
    compileLimits: buildLimits(entries, 'compile.limits'),
    network: { mode: value('network.mode') },
    filesystem: { rootfs: value('filesystem.rootfs'), mounts: value('filesystem.mounts') },
    identity: {
      uid: value('identity.uid'),
      gid: value('identity.gid'),
      hostname: value('identity.hostname'),
    },
    environment: buildEnvironment(entries),
    devices: value('devices'),
    seccomp: {
      profile: value('seccomp.profile'),
      allow: value('seccomp.allow'),
      deny: value('seccomp.deny'),
      places: {
        allow: Object.fromEntries(entries.get('seccomp.allow')?.places ?? []),
        deny: Object.fromEntries(entries.get('seccomp.deny')?.places ?? []),
      },
    },
    compileProfile: entries.has('compile.seccomp.profile') ? value('compile.seccomp.profile') : null,
    execution: { writtenFiles: value('execution.writtenFiles') },
    allowDegraded: value('allowDegraded'),
    artifacts: buildArtifacts(entries),
  };
}

/** defaults.ts has them all. */
function buildArtifacts(entries: Entries): ResolvedPolicy['artifacts'] {
  const amount = (field: string): number =>
    toLimit(ARTIFACT_UNITS[field], entries.get(`artifacts.${field}`)?.value) as number;
  return {
    count: amount('count'),
    sizeBytes: amount('size'),
    totalBytes: amount('total'),
    depth: amount('depth'),
  };
}

function buildLimits(entries: Entries, prefix: string): ResolvedLimits {
  const leaf = (field: string): Leaf | undefined => effectiveLeaf(entries, `${prefix}.${field}`);
  const limit = (field: string): Limit => toLimit(LIMIT_UNITS[field], leaf(field));
  const always = (field: string): number => limit(field) as number;
  const output = (name: string): OutputLimit => {
    const onExceed = leaf(`${name}.onExceed`) as OutputLimit['onExceed'];
    return { sizeBytes: limit(`${name}.size`), onExceed };
  };
  const tmpfs = (name: string): TmpfsLimit => ({
    sizeBytes: always(`${name}.size`),
    inodes: limit(`${name}.inodes`),
  });
  return {
    wallMs: limit('wall'),
    cpuTimeMs: limit('cpuTime'),
    cpuCores: limit('cpu'),
    ...buildOptional(limit, parseCpus(leaf('cpuset'))),
    memoryBytes: limit('memory'),
    swapBytes: limit('swap'),
    pids: limit('pids'),
    stdout: output('stdout'),
    stderr: output('stderr'),
    fileSizeBytes: limit('fileSize'),
    openFiles: always('openFiles'),
    stackBytes: limit('stack'),
    coreBytes: always('core'),
    workspace: tmpfs('workspace'),
    tmp: tmpfs('tmp'),
    shm: tmpfs('shm'),
  };
}

/** What is left out where nothing is limited. */
function buildOptional(
  limit: (field: string) => Limit,
  cpuset: readonly number[] | null,
): Pick<ResolvedLimits, 'cpuset' | 'io'> {
  const io: IoLimit = {
    readBytes: limit('io.read'),
    writeBytes: limit('io.write'),
    readOps: limit('io.readOps'),
    writeOps: limit('io.writeOps'),
  };
  const limitsIo = Object.values(io).some((value) => value !== null);
  return { ...(cpuset === null ? {} : { cpuset }), ...(limitsIo ? { io } : {}) };
}

/** `null` for unlimited, and for inodes that nobody set. */
function toLimit(unit: LimitUnit | undefined, leaf: Leaf | undefined): Limit {
  return unit === undefined || leaf === undefined ? null : parseLimit(unit, leaf);
}

const ENVIRONMENT = 'environment.';

function buildEnvironment(entries: Entries): Readonly<Record<string, string>> {
  const variables = [...entries].filter(([path]) => path.startsWith(ENVIRONMENT));
  return Object.fromEntries(
    variables.map(([path, { value }]) => [path.slice(ENVIRONMENT.length), String(value)]),
  );
}
