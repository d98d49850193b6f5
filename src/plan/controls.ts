/**
 * The table of controls: for each one that a policy names, its value and what will hold it on this host with
 * this engine. A rule that finds nobody to hold its control says why; whether that ends the run or is a recorded
 * weakening is decided in one place, by `allowDegraded`.
 */
import type { HostFacts } from '#host/types.ts';
import type { Limit, OutputLimit, TmpfsLimit } from '#policy/types.ts';
import type { Control, Enforcer } from '#result/control.ts';
import {
  type CgroupHolding,
  type ControlContext,
  type ControlFinding,
  gap,
  held,
  heldByCgroup,
  shown,
  type Value,
} from './control-finding.ts';
import { LANDLOCK_ABI } from './landlock.ts';
import { optionalControls } from './optional-controls.ts';

export function assessControls(context: ControlContext): readonly ControlFinding[] {
  return [
    ...timeControls(context),
    ...optionalControls(context),
    ...memoryControls(context),
    ...programControls(context),
    ...storageControls(context),
    ...isolationControls(context),
  ];
}

/** A limit that only a cgroup can hold. */
function cgroupControl(
  { host }: ControlContext,
  control: Control,
  value: Limit,
  holding: CgroupHolding,
): ControlFinding {
  if (value === null) return held(control, 'unlimited', []);
  return heldByCgroup(host, control, value, holding);
}

function timeControls(context: ControlContext): ControlFinding[] {
  const { wallMs, cpuTimeMs, cpuCores } = context.policy.limits;
  return [
    held('wall', shown(wallMs), wallMs === null ? [] : ['supervisor', 'init']),
    cgroupControl(context, 'cpuTime', cpuTimeMs, { controller: 'cpuacct', others: ['rlimit'] }),
    cgroupControl(context, 'cpu', cpuCores, { controller: 'cpu' }),
  ];
}

function memoryControls(context: ControlContext): ControlFinding[] {
  const { memoryBytes, pids } = context.policy.limits;
  // Tasks of other runs do not count since Linux 5.14 (rlimits.ts), and this Landlock came later.
  const tasks: Enforcer[] = context.host.landlockAbi >= LANDLOCK_ABI.refer ? ['rlimit'] : [];
  return [
    cgroupControl(context, 'memory', memoryBytes, { controller: 'memory', standIns: ['rlimit'] }),
    swapControl(context),
    cgroupControl(context, 'pids', pids, { controller: 'pids', standIns: tasks }),
  ];
}

function swapControl({ policy, host }: ControlContext): ControlFinding {
  const { swapBytes, memoryBytes } = policy.limits;
  if (swapBytes === null) return held('swap', 'unlimited', []);
  const { driver, controllers, swapLimit } = host.cgroup;
  // v1 limits the sum of memory and swap (memory.memsw), which says nothing where memory is unlimited.
  const onlyTogether = driver === 'v1' && memoryBytes === null;
  if (swapLimit && controllers.includes('memory') && !onlyTogether) {
    return held('swap', swapBytes, [driver === 'v1' ? 'cgroup1' : 'cgroup2']);
  }
  if (host.swapTotalBytes === 0) return held('swap', swapBytes, ['host']);
  const why = onlyTogether
    ? 'cgroup v1 limits swap only together with memory, which is unlimited, and swap is on'
    : 'this kernel does not account swap to cgroups, and swap is on';
  return gap('swap', swapBytes, [], why);
}

function programControls({ policy }: ControlContext): ControlFinding[] {
  const { limits } = policy;
  const output = (limit: OutputLimit): [Value, Enforcer[]] => [
    shown(limit.sizeBytes),
    limit.sizeBytes === null ? [] : ['supervisor'],
  ];
  const rlimit = (limit: Limit): [Value, Enforcer[]] => [shown(limit), limit === null ? [] : ['rlimit']];
  return [
    held('stdout', ...output(limits.stdout)),
    held('stderr', ...output(limits.stderr)),
    held('fileSize', ...rlimit(limits.fileSizeBytes)),
    held('openFiles', ...rlimit(limits.openFiles)),
    held('stack', ...rlimit(limits.stackBytes)),
    held('core', ...rlimit(limits.coreBytes)),
  ];
}

function storageControls(context: ControlContext): ControlFinding[] {
  const { limits, filesystem } = context.policy;
  return [
    tmpfsControl(context, 'workspace', limits.workspace),
    tmpfsControl(context, 'tmp', limits.tmp),
    tmpfsControl(context, 'shm', limits.shm),
    rootfsControl(context),
    held(
      'mounts',
      filesystem.mounts.map(({ target, readOnly }) => `${target} (${readOnly ? 'read-only' : 'writable'})`),
      ['mount'],
    ),
  ];
}

function tmpfsControl({ engine }: ControlContext, control: Control, limit: TmpfsLimit): ControlFinding {
  if (limit.inodes === null || engine.tmpfsInodes) return held(control, limit.sizeBytes, ['tmpfs']);
  const why = `${engine.name} cannot cap the inodes of a tmpfs; the memory limit bounds them`;
  return gap(control, limit.sizeBytes, ['tmpfs'], why);
}

function rootfsControl({ rootfs }: ControlContext): ControlFinding {
  if (rootfs.name !== 'host') return held('rootfs', rootfs.name, ['mount']);
  return gap(
    'rootfs',
    'host',
    ['mount'],
    "the program sees the host's own /usr, read-only, instead of a minimal tree",
  );
}

function isolationControls({ policy, host }: ControlContext): ControlFinding[] {
  const { network, identity, environment, devices, seccomp, execution } = policy;
  const ids: Enforcer[] = host.uid === 0 ? ['uid', 'namespace'] : ['namespace'];
  const landlock: Enforcer[] = host.landlockAbi >= LANDLOCK_ABI.refer ? ['landlock'] : [];
  const tcp: Enforcer[] = network.mode === 'none' && host.landlockAbi >= LANDLOCK_ABI.net ? ['landlock'] : [];
  return [
    held('network', network.mode, ['namespace', 'seccomp', ...tcp]),
    held('identity', `${identity.uid}:${identity.gid} ${identity.hostname}`, ids),
    held('environment', Object.keys(environment), ['init']),
    held('devices', devices, ['mount', ...landlock]),
    // The launcher's own filter, coarser and from the same model.
    held('seccomp', seccomp.profile, ['seccomp', 'launcher']),
    execution.writtenFiles === 'allow' ? held('writtenFiles', 'allow', []) : writtenFilesControl(host),
    held('namespaces', ['user', 'mount', 'pid', 'network', 'ipc', 'uts', 'cgroup'], ['namespace']),
    held('capabilities', [], ['launcher', 'init']),
    held('noNewPrivs', true, ['launcher', 'init']),
  ];
}

function writtenFilesControl({ landlockAbi }: HostFacts): ControlFinding {
  if (landlockAbi >= LANDLOCK_ABI.refer) return held('writtenFiles', 'deny', ['landlock']);
  const has = landlockAbi === 0 ? 'no Landlock' : `Landlock ABI ${landlockAbi}`;
  return gap(
    'writtenFiles',
    'deny',
    [],
    `this kernel has ${has}; ABI ${LANDLOCK_ABI.refer} (Linux 5.19) is needed`,
  );
}
