import type { ResolvedPolicy, TmpfsLimit } from '#policy/types.ts';
import type { Control } from '#result/control.ts';
import type { ResolvedRootfs } from '#rootfs/types.ts';
import type { MountOp } from './types.ts';

/** Holds mount points and the generated files of /etc, nothing else. */
const ROOT_TMPFS_BYTES = 1024 ** 2;
const DEV_TMPFS_BYTES = 64 * 1024;
const SMALL_TMPFS_INODES = 256;

/**
 * The jail's file system, in the order in which it must be built: read-only things first, everything that the
 * program can write last, and nothing is ever created below a writable directory, because launchers follow
 * links there during set-up (CVE-2026-87766).
 */
export function planMounts(
  policy: ResolvedPolicy,
  rootfs: ResolvedRootfs,
  procMasks: readonly string[],
  /** Where the host has mounts, for an engine that does not carry the flags of a bind to the mounts below it. */
  hostMounts: readonly string[] = [],
): readonly MountOp[] {
  const { limits, identity } = policy;
  const bind = (op: Omit<Bind, 'kind'>): Bind[] => bindWithMountsBelow({ kind: 'bind', ...op }, hostMounts);
  return [
    fixedTmpfs('/', ROOT_TMPFS_BYTES),
    ...rootfs.binds.flatMap((op) => bind({ ...op, readOnly: true })),
    ...rootfs.symlinks.map((link) => ({ kind: 'symlink', ...link }) as const),
    ...etcFiles(identity),
    { kind: 'proc' },
    ...procMasks.map((target) => ({ kind: 'mask', target }) as const),
    fixedTmpfs('/dev', DEV_TMPFS_BYTES),
    ...policy.devices.map((name) => ({ kind: 'device', name }) as const),
    ...standardStreams(),
    ...policy.filesystem.mounts.flatMap(({ source, target, readOnly }) => bind({ source, target, readOnly })),
    programTmpfs('/dev/shm', limits.shm, 'shm', 0o1777),
    programTmpfs('/tmp', limits.tmp, 'tmp', 0o1777),
    programTmpfs('/workspace', limits.workspace, 'workspace', 0o755),
    { kind: 'remountReadOnly', target: '/proc' },
    { kind: 'remountReadOnly', target: '/dev' },
    { kind: 'remountReadOnly', target: '/' },
  ];
}

type Bind = Extract<MountOp, { kind: 'bind' }>;

/** Each mount below the source is bound over itself, so that it gets the flags too. */
function bindWithMountsBelow(op: Bind, hostMounts: readonly string[]): Bind[] {
  const below = hostMounts.filter((path) => path.startsWith(`${op.source}/`));
  return [
    op,
    ...[...new Set(below)].map((source) => ({
      ...op,
      source,
      target: op.target + source.slice(op.source.length),
    })),
  ];
}

function fixedTmpfs(target: string, sizeBytes: number): MountOp {
  return { kind: 'tmpfs', target, sizeBytes, inodes: SMALL_TMPFS_INODES, mode: 0o755, control: null };
}

function programTmpfs(target: string, limit: TmpfsLimit, control: Control, mode: number): MountOp {
  return { kind: 'tmpfs', target, sizeBytes: limit.sizeBytes, inodes: limit.inodes, mode, control };
}

/** `/dev/stdin` and its kin lead to the program's own pipes, which it may reopen. */
function standardStreams(): MountOp[] {
  const links = [
    ['/dev/fd', '/proc/self/fd'],
    ['/dev/stdin', '/proc/self/fd/0'],
    ['/dev/stdout', '/proc/self/fd/1'],
    ['/dev/stderr', '/proc/self/fd/2'],
  ] as const;
  return links.map(([target, to]) => ({ kind: 'symlink', target, to }));
}

/** Just enough for getpwuid(3) and getaddrinfo(3), with nothing of the host in it. */
function etcFiles({ uid, gid, hostname }: ResolvedPolicy['identity']): MountOp[] {
  const files = {
    '/etc/passwd': `root:x:0:0:root:/:/usr/sbin/nologin\nwarder:x:${uid}:${gid}:warder:/workspace:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    '/etc/group': `root:x:0:\nwarder:x:${gid}:\nnogroup:x:65534:\n`,
    '/etc/hosts': `127.0.0.1 localhost ${hostname}\n::1 localhost\n`,
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
  };
  return Object.entries(files).map(([target, content]) => ({ kind: 'file', target, content, mode: 0o444 }));
}
