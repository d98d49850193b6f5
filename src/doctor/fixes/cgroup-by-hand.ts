/** Where no systemd hands groups out: in a container, or on a host with another init. */
import type { Fix } from '#doctor/types.ts';
import { asRoot } from './shell.ts';

const ROOT = '/sys/fs/cgroup';

/**
 * A group that passes controllers on may hold no process (cgroup-v2.rst, "No Internal Process Constraint"), so what is in
 * the root of a container goes to a group of its own first. The root of the machine, which has no cgroup.type, may hold
 * some, and threads of the kernel cannot leave it.
 */
const PASS_ON = [
  `if [ -e ${ROOT}/cgroup.type ]; then`,
  `  mkdir -p ${ROOT}/others`,
  `  mapfile -t pids < ${ROOT}/cgroup.procs`,
  // One that has ended meanwhile is no matter, one that stays makes the next line fail.
  `  for pid in "\${pids[@]}"; do echo "$pid" > ${ROOT}/others/cgroup.procs || true; done 2> /dev/null`,
  'fi',
  `for name in memory pids cpu; do echo "+$name" > ${ROOT}/cgroup.subtree_control; done`,
];

export function groupOfRoot(): Fix {
  const group = `${ROOT}/warder`;
  return asRoot(
    'Make a group for runs by hand, and name it to warder in this shell',
    ...PASS_ON,
    `mkdir -p ${group}`,
    `export WARDER_CGROUP_PARENT=${group}`,
  );
}

/**
 * Whoever moves a process has to be allowed to write to the group that its old and its new place have in common
 * ("Delegation Containment"), so the user's shell starts in it.
 */
export function groupOfUser({ uid, gid }: { readonly uid: number; readonly gid: number }): Fix {
  const group = `${ROOT}/warder-${uid}`;
  return asRoot(
    `Make a group for uid ${uid} by hand, and start a shell of that user in it, from which warder is started`,
    ...PASS_ON,
    `mkdir -p ${group}/shell`,
    `chown -R ${uid} ${group}/shell`,
    `chown ${uid} ${group} ${group}/cgroup.procs ${group}/cgroup.subtree_control ${group}/cgroup.threads`,
    `echo $$ > ${group}/shell/cgroup.procs`,
    `export WARDER_CGROUP_PARENT=${group}`,
    `exec setpriv --reuid ${uid} --regid ${gid} --clear-groups -- bash`,
  );
}
