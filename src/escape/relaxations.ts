/**
 * Single controls taken away from the plans of a run, for positive controls and for counting layers. Only the escape
 * suite can do this (src/plan-transform.ts), and only to runs of its own probes.
 */
import type { LaunchSpec, MountOp, PlanTransform, ProgramPlan } from '#internal.ts';
import { RELAXATIONS, type Relaxation } from './types.ts';

const TRANSFORMS: Readonly<Record<Relaxation, PlanTransform>> = {
  seccomp: {
    launch: withoutLauncherFilter,
    program: withSpec({ filter: allowEverything(), notify: false }),
  },
  landlock: { program: withSpec({ landlock: null }) },
  readOnlyRoot: withoutMounts(({ kind, ...op }) => kind === 'remountReadOnly' && isAt(op, '/')),
  readOnlyProc: withoutMounts(({ kind, ...op }) => kind === 'remountReadOnly' && isAt(op, '/proc')),
  procMasks: withoutMounts(({ kind }) => kind === 'mask'),
  rlimits: { program: withSpec({ rlimits: [] }) },
  networkNamespace: { launch: withoutNamespace('--unshare-net', 'clone_newnet') },
  ipcNamespace: { launch: withoutNamespace('--unshare-ipc', 'clone_newipc') },
  utsNamespace: { launch: withoutNamespace('--unshare-uts', 'clone_newuts') },
  cgroupNamespace: { launch: withoutNamespace('--unshare-cgroup', 'clone_newcgroup') },
  userNamespaceLimit: { launch: withoutUserNamespaceLimit },
};

export function relax(names: readonly Relaxation[]): PlanTransform {
  return combine(names.map((name) => TRANSFORMS[name]));
}

/** `seccomp+landlock` → both. @throws RangeError for a name that is none: a mistake in an attack */
export function parseRelaxations(text: string): readonly Relaxation[] {
  return text.split('+').map((name) => {
    const found = RELAXATIONS.find((known) => known === name);
    if (found === undefined) throw new RangeError(`no control is called ${name}`);
    return found;
  });
}

/** All of them, in order. */
export function combine(transforms: readonly PlanTransform[]): PlanTransform {
  return {
    jail: (jail) => transforms.reduce((value, { jail: change }) => change?.(value) ?? value, jail),
    outer: (filter) => transforms.reduce((value, { outer: change }) => change?.(value) ?? value, filter),
    launch: (spec) => transforms.reduce((value, { launch: change }) => change?.(value) ?? value, spec),
    program: (plan) => transforms.reduce((value, { program: change }) => change?.(value) ?? value, plan),
  };
}

function withSpec(change: Partial<ProgramPlan['spec']>): (plan: ProgramPlan) => ProgramPlan {
  return (plan) => ({ ...plan, spec: { ...plan.spec, ...change } });
}

/** One instruction, BPF_RET with SECCOMP_RET_ALLOW (linux/seccomp.h), little-endian. */
function allowEverything(): Uint8Array {
  return Uint8Array.of(0x06, 0, 0, 0, 0, 0, 0xff, 0x7f);
}

function withoutMounts(goes: (op: MountOp) => boolean): PlanTransform {
  return { jail: (jail) => ({ ...jail, mounts: jail.mounts.filter((op) => !goes(op)) }) };
}

function isAt(op: object, target: string): boolean {
  return 'target' in op && op.target === target;
}

/** bubblewrap makes a namespace where an option asks for it, nsjail where a field is true. */
function withoutNamespace(option: string, field: string): (spec: LaunchSpec) => LaunchSpec {
  return (spec) =>
    editBlob(spec, (text) =>
      spec.engine === 'bubblewrap'
        ? text.replace(`${option}\0`, '')
        : text.replace(`${field}: true`, `${field}: false`),
    );
}

/** Even an empty filter of ours ends calls of other interfaces, so the launcher gets none. */
function withoutLauncherFilter(spec: LaunchSpec): LaunchSpec {
  return editBlob(spec, (text) =>
    spec.engine === 'bubblewrap'
      ? text.replace(/--seccomp\0\d+\0/, '')
      : text.replace(/^\s*seccomp_string:.*\n/gm, ''),
  );
}

/**
 * On nsjail, init writes 0 where the launcher bound the sysctl for it (src/native/privileges.c): the one for IPC
 * namespaces takes its place, which limits nothing that these probes need.
 */
function withoutUserNamespaceLimit(spec: LaunchSpec): LaunchSpec {
  return editBlob(spec, (text) =>
    spec.engine === 'bubblewrap'
      ? text.replace('--disable-userns\0', '')
      : text.replace('/proc/sys/user/max_user_namespaces', '/proc/sys/user/max_ipc_namespaces'),
  );
}

/** The first blob is the launcher's own text: options of bubblewrap, the configuration of nsjail. */
function editBlob(spec: LaunchSpec, edit: (text: string) => string): LaunchSpec {
  const [first, ...rest] = spec.blobs;
  if (first === undefined) return spec;
  const before = Buffer.from(first).toString('latin1');
  const after = edit(before);
  if (after === before) throw new RangeError(`${spec.engine}: there was nothing to take away`);
  return { ...spec, blobs: [Buffer.from(after, 'latin1'), ...rest] };
}
