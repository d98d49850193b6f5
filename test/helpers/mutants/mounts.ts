/** One mutant for each protection of each mount, from the plan that a run of the policy would have. */
import type { JailPlan, MountOp } from '#internal.ts';
import { type Mutant, onJail, onlyOn, onText, type Removal } from './mutant.ts';

/** Whatever else the loss would allow shows in these. */
const ATTACKS = [
  'fs-mount-flags',
  'fs-write-rootfs',
  'proc-core-pattern',
  'proc-masks',
  'proc-timing-files',
  'leak-identity',
];

export function mountMutants({ mounts, engine }: JailPlan): readonly Mutant[] {
  const fromPlan = mounts.flatMap((op): readonly Removal[] => {
    switch (op.kind) {
      case 'bind':
        return op.readOnly ? [replaceOp(`read-only ${op.target}`, op, { ...op, readOnly: false })] : [];
      case 'mask':
        return [removeOp(`mask of ${op.target}`, op)];
      case 'remountReadOnly':
        // nsjail mounts /proc read-only at once.
        if (engine.name === 'nsjail' && op.target === '/proc') return [];
        return [removeOp(`read-only ${op.target}`, op)];
      case 'tmpfs':
        return op.control === null ? [] : [withoutTmpfs(op)];
      default:
        return [];
    }
  });
  const all = engine.name === 'nsjail' ? [...fromPlan, ...nsjailFlags(mounts)] : fromPlan;
  return all.map((mutant) => ({ ...mutant, attacks: ATTACKS }));
}

/** The kernel's own proc is what answers then, so the mask itself must be what is missed. */
function removeOp(id: string, op: MountOp): Removal {
  const isSame = (other: MountOp): boolean => JSON.stringify(other) === JSON.stringify(op);
  return { id, remove: onJail(({ mounts }) => ({ mounts: mounts.filter((other) => !isSame(other)) })) };
}

function replaceOp(id: string, op: MountOp, by: MountOp): Removal {
  const isSame = (other: MountOp): boolean => JSON.stringify(other) === JSON.stringify(op);
  return {
    id,
    remove: onJail(({ mounts }) => ({ mounts: mounts.map((other) => (isSame(other) ? by : other)) })),
  };
}

/** A private file system without its size: as large as half of the memory (tmpfs(5)). */
function withoutTmpfs(op: Extract<MountOp, { kind: 'tmpfs' }>): Removal {
  const size = String(op.sizeBytes);
  const edits = {
    bubblewrap: (text: string) =>
      text.replace(`--size\0${size}\0--tmpfs\0${op.target}\0`, `--tmpfs\0${op.target}\0`),
    nsjail: (text: string) => text.replace(new RegExp(`(dst: "${op.target}"[^}]*?)size=${size},`), '$1'),
  };
  return { id: `size of ${op.target}`, remove: onText((text, engine) => edits[engine](text)) };
}

/** bubblewrap sets both on every mount and has no option for it. */
function nsjailFlags(mounts: JailPlan['mounts']): readonly Removal[] {
  const bind = mounts.find((op) => op.kind === 'bind');
  if (bind === undefined) return [];
  const proc: Removal = {
    id: 'read-only /proc',
    remove: onlyOn('nsjail', 'fstype: "proc"\n  rw: false', 'fstype: "proc"\n  rw: true'),
  };
  const flags = ['nosuid', 'nodev'].map((flag) => ({
    id: `${flag} of mounts`,
    remove: onlyOn('nsjail', `${flag}: true`, `${flag}: false`),
  }));
  return [proc, ...flags];
}
