import type { Fix } from '#doctor/types.ts';
import {
  addKernelParameter,
  asRoot,
  asUser,
  dropKernelParameter,
  quote,
  setKernelParameter,
  writeFile,
} from './shell.ts';

const DROP_IN_DIRECTORY = '/etc/systemd/system/user@.service.d';

/** How much a user's systemd is given by default depends on version and distribution (systemd.resource-control(5), Delegate=). */
export function delegateToUser(uid: number): Fix {
  return asRoot(
    `Delegate the controllers to the systemd of uid ${uid}; restarting it ends what runs in it`,
    `mkdir -p ${quote(DROP_IN_DIRECTORY)}`,
    writeFile(`${DROP_IN_DIRECTORY}/delegate.conf`, '[Service]', 'Delegate=cpu cpuset io memory pids'),
    'systemctl daemon-reload',
    `systemctl restart user@${uid}.service`,
  );
}

/** Without lingering the user's systemd, and with it every delegated group, exists only while somebody is logged in. */
export function enableLinger(uid: number): Fix {
  return asRoot(
    `Keep the systemd of uid ${uid} running when nobody is logged in; warder finds it by XDG_RUNTIME_DIR=/run/user/${uid}`,
    `loginctl enable-linger ${uid}`,
    // logind only asks for it; this waits until it is up.
    `systemctl start user@${uid}.service`,
  );
}

/**
 * For a service of the system that runs as an ordinary user: no login and no lingering is needed then. The subgroup is for one
 * whose command is a shell script: a group that passes controllers on may not hold that either. systemd before 254 skips it.
 */
export function delegateToService(unit: string): Fix {
  const summary = `Delegate its control group to the service ${unit}, and restart it`;
  return dropIn(unit, summary, 'Delegate=yes', 'DelegateSubgroup=supervisor');
}

/** systemd.exec(5): ProtectControlGroups= covers /sys/fs/cgroup of the service alone, so that no mount of the host helps. */
export function unprotectGroupsOfService(unit: string): Fix {
  return dropIn(
    unit,
    `Let the service ${unit} write to its own control group, which is delegated to it, and restart it`,
    'Delegate=yes',
    'ProtectControlGroups=no',
  );
}

function dropIn(unit: string, summary: string, ...settings: readonly string[]): Fix {
  const directory = `/etc/systemd/system/${unit}.d`;
  return asRoot(
    summary,
    `mkdir -p ${quote(directory)}`,
    // Behind the drop-ins that are there already: the last one wins (systemd.unit(5)).
    writeFile(`${directory}/zz-warder.conf`, '[Service]', ...settings),
    'systemctl daemon-reload',
    `systemctl restart ${quote(unit)}`,
  );
}

/** A login session's group belongs to root, and nothing can be moved out of it; a service of the user's own systemd is delegated. */
export const START_AS_USER_SERVICE: Fix = asUser(
  "Start warder as a service of the user's own systemd, which has a delegated group; here for a shell",
  'systemd-run --user --pty --same-dir --collect --property=Delegate=yes -- bash',
);

export function thawUserManager(uid: number): Fix {
  return asRoot(
    `Let the systemd of uid ${uid} go on, which was frozen`,
    `systemctl thaw user@${uid}.service`,
  );
}

export const USE_USER_MANAGER: Fix = asUser(
  'Say where the systemd of this user listens',
  'export XDG_RUNTIME_DIR="/run/user/$(id -u)"',
  'export DBUS_SESSION_BUS_ADDRESS="unix:path=$XDG_RUNTIME_DIR/bus"',
);

export const FORGET_PARENT: Fix = asUser(
  'Take back the directory that WARDER_CGROUP_PARENT names, so that a place is looked for',
  'unset WARDER_CGROUP_PARENT',
);

export const BOOT_WITH_CGROUP_V2: Fix = setKernelParameter(
  'systemd.unified_cgroup_hierarchy',
  '1',
  'Boot with cgroup v2 alone: on v1 systemd delegates no controller to a user',
);

/** `parameter` as it is on the kernel's command line. */
export function stopDisabling(parameter: string): Fix {
  return dropKernelParameter(parameter, `Take ${parameter} from the kernel command line`);
}

export const ENABLE_MEMORY: Fix = addKernelParameter(
  'cgroup_enable=memory',
  'Enable the memory controller, which some kernels leave out by default',
);

export const MOUNT_CGROUP2: Fix = asRoot('Mount cgroup v2', 'mount -t cgroup2 none /sys/fs/cgroup');

/**
 * In place of the machine's, for this shell alone: by hand nothing may be changed there, since it is not ours
 * (cgroup_namespaces(7)). The kernel mounts no file system over itself (EBUSY), so the machine's has to go first.
 */
export const MOUNT_OWN_CGROUP2: Fix = asRoot(
  'Give the cgroup namespace a mount of its own, in a shell from which warder is started',
  "exec unshare --mount --propagation private -- bash -c 'umount -l /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec bash'",
);

/** A limit of any group above counts (cgroup-v2.rst, "cgroup.max.descendants"). `group` lies below /sys/fs/cgroup. */
export function allowGroups(group: string): Fix {
  return asRoot(
    `Take the limits on the number and depth of groups away from ${group} and the groups above it`,
    `group=${quote(group)}`,
    'while [ -e "$group/cgroup.max.depth" ]; do',
    '  echo max > "$group/cgroup.max.descendants"; echo max > "$group/cgroup.max.depth"; group=$(dirname "$group")',
    'done',
  );
}

export const REMOUNT_CGROUP_WRITABLE: Fix = asRoot(
  'Make the cgroup file system writable; for a service, set ProtectControlGroups=no and Delegate=yes in its unit instead',
  'mount -o remount,rw /sys/fs/cgroup',
);
