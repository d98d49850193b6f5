/**
 * JailPlan → bubblewrap options. Everything goes through `--args FD`, so that no path of the host stands on a
 * command line that the program could read at /proc/1/cmdline; only the command itself cannot (0.8.0).
 */
import { WarderError } from '#error/warder-error.ts';
import type { LaunchSpec } from '#launch/types.ts';
import type { JailPlan, MountOp } from '#plan/types.ts';
import { compileFilter } from '#seccomp/compile.ts';
import type { SeccompFilter } from '#seccomp/ir.ts';

/** FD_SELF and FD_FIRST_BLOB of src/native/protocol.h. */
const INIT_FD = 7;
const ARGS_FD = 8;

/** Options by which a launcher is judged usable. */
export const REQUIRED_OPTIONS = [
  '--args',
  '--unshare-user',
  '--unshare-cgroup',
  '--disable-userns',
  '--die-with-parent',
  '--new-session',
  '--as-pid-1',
  '--cap-drop',
  '--clearenv',
  '--size',
  '--perms',
  '--ro-bind-data',
  '--remount-ro',
  '--seccomp',
] as const;

export function renderBubblewrap(plan: JailPlan, outer: SeccompFilter): LaunchSpec {
  const blobs: Uint8Array[] = [];
  const addBlob = (content: Uint8Array): number => ARGS_FD + blobs.push(content);
  const options = [
    ...isolation(plan),
    ...plan.mounts.flatMap((op) => mountOptions(op, addBlob)),
    ...['--chdir', '/'],
    // Installed by process 1 as its last act before it executes init: with --as-pid-1 that is the only process of it inside.
    ...['--seccomp', String(addBlob(compileFilter(outer)))],
  ];
  // A NUL ends an option there: one inside would begin another. Policies and requests refuse it; nothing may get past here.
  const torn = options.find((option) => option.includes('\0'));
  if (torn !== undefined) {
    const what = `a NUL in the option ${JSON.stringify(torn)}`;
    throw new WarderError('INTERNAL_BUG', `the options of bubblewrap are wrong: ${what}`, {
      details: { what },
    });
  }
  const args = Buffer.from(options.map((option) => `${option}\0`).join(''), 'utf8');
  return {
    engine: 'bubblewrap',
    argv: [plan.engine.path, '--args', String(ARGS_FD), '--', `/proc/self/fd/${INIT_FD}`, 'init'],
    blobs: [args, ...blobs],
  };
}

/**
 * Every namespace by name: `--unshare-all` means "user and cgroup if possible", which would be a silent
 * downgrade. `--disable-userns` wants the user namespace named too. In a run the stub gives the launcher no environment
 * to clear, and init gives the program its own; `--clearenv` is for those who start a rendered command line by hand.
 */
function isolation({ identity }: JailPlan): string[] {
  return [
    ['--unshare-user', '--uid', String(identity.uid), '--gid', String(identity.gid), '--disable-userns'],
    ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup'],
    ['--hostname', identity.hostname],
    ['--die-with-parent', '--new-session', '--as-pid-1'],
    ['--cap-drop', 'ALL', '--clearenv'],
  ].flat();
}

function mountOptions(op: MountOp, addBlob: (content: Uint8Array) => number): string[] {
  switch (op.kind) {
    case 'tmpfs':
      return [...tmpfsAttributes(op), '--tmpfs', op.target];
    case 'bind':
      return [op.readOnly ? '--ro-bind' : '--bind', op.source, op.target];
    case 'symlink':
      return ['--symlink', op.to, op.target];
    case 'file':
      return [
        '--perms',
        octal(op.mode),
        '--ro-bind-data',
        String(addBlob(Buffer.from(op.content, 'utf8'))),
        op.target,
      ];
    case 'device':
      return ['--dev-bind', `/dev/${op.name}`, `/dev/${op.name}`];
    case 'proc':
      return ['--proc', '/proc'];
    case 'mask':
      return ['--ro-bind', '/dev/null', op.target];
    case 'remountReadOnly':
      return ['--remount-ro', op.target];
  }
}

/** The root's own tmpfs takes no `--perms` in 0.8.0: it is 0755 anyway. */
function tmpfsAttributes(op: Extract<MountOp, { kind: 'tmpfs' }>): string[] {
  const size = ['--size', String(op.sizeBytes)];
  return op.target === '/' ? size : ['--perms', octal(op.mode), ...size];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
