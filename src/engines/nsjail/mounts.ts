/** The plan's mounts as nsjail's. nosuid, nodev and read-only are off there unless asked for, one mount at a time. */
import { WarderError } from '#error/warder-error.ts';
import type { JailPlan, MountOp } from '#plan/types.ts';
import type { NsjailMount } from './model.ts';

type Tmpfs = Extract<MountOp, { kind: 'tmpfs' }>;

/** In the plan's order. nsjail builds everything writable and makes read-only what has no `rw` once it is all there. */
export function nsjailMounts(ops: JailPlan['mounts']): readonly NsjailMount[] {
  const readOnly = new Set(ops.flatMap((op) => (op.kind === 'remountReadOnly' ? [op.target] : [])));
  return ops.flatMap((op) => toMounts(op, readOnly));
}

function toMounts(op: MountOp, readOnly: ReadonlySet<string>): readonly NsjailMount[] {
  switch (op.kind) {
    case 'tmpfs':
      return [{ ...tmpfsMount(op), rw: !readOnly.has(op.target), nosuid: true, nodev: true }];
    case 'bind':
      return [{ src: op.source, dst: op.target, is_bind: true, rw: !op.readOnly, nosuid: true, nodev: true }];
    case 'symlink':
      return [{ src: op.to, dst: op.target, is_symlink: true }];
    case 'file':
      return [fileMount(op.target, op.content)];
    case 'device':
      return [
        {
          src: `/dev/${op.name}`,
          dst: `/dev/${op.name}`,
          is_bind: true,
          rw: true,
          nosuid: true,
          noexec: true,
        },
      ];
    case 'proc':
      return [{ dst: '/proc', fstype: 'proc', rw: false, nosuid: true, nodev: true, noexec: true }];
    case 'mask':
      return [maskMount(op.target)];
    case 'remountReadOnly':
      return [];
  }
}

function tmpfsMount({ target, sizeBytes, inodes, mode }: Tmpfs): NsjailMount {
  // 0 would mean unlimited to the kernel (tmpfs(5)).
  if (sizeBytes < 1 || (inodes !== null && inodes < 1)) {
    throw new WarderError('INTERNAL_BUG', `${target} has no size`, { details: { what: `tmpfs ${target}` } });
  }
  const options = [
    `size=${sizeBytes}`,
    ...(inodes === null ? [] : [`nr_inodes=${inodes}`]),
    `mode=${mode.toString(8).padStart(4, '0')}`,
  ];
  return { dst: target, fstype: 'tmpfs', options: options.join(',') };
}

/** The content travels in the configuration. nsjail takes an empty one for none at all, and gives every file 0644. */
export function fileMount(target: string, content: string | Uint8Array): NsjailMount {
  if (content.length === 0) return { src: '/dev/null', dst: target, is_bind: true, rw: false, nosuid: true };
  return { src_content: content, dst: target, rw: false, nosuid: true, nodev: true };
}

/**
 * `is_dir` is not true of the target, but keeps nsjail from opening it first to see that it is there, which fails for
 * the files of /proc that only root may read.
 */
function maskMount(target: string): NsjailMount {
  return { src: '/dev/null', dst: target, is_bind: true, is_dir: true, rw: false, nosuid: true, nodev: true };
}
