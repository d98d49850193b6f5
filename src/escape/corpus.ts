/** Every attack, in the order of the report. One module each below attacks/<category>; the index of a category lists them. */
import { CAPABILITY_ATTACKS } from './attacks/capabilities/index.ts';
import { CGROUP_ATTACKS } from './attacks/cgroups/index.ts';
import { DESCRIPTOR_ATTACKS } from './attacks/descriptors/index.ts';
import { FILESYSTEM_ATTACKS } from './attacks/filesystem/index.ts';
import { HOST_ATTACKS } from './attacks/host/index.ts';
import { IPC_ATTACKS } from './attacks/ipc/index.ts';
import { KERNEL_ATTACKS } from './attacks/kernel/index.ts';
import { LEAK_ATTACKS } from './attacks/leaks/index.ts';
import { NAMESPACE_ATTACKS } from './attacks/namespaces/index.ts';
import { NETWORK_ATTACKS } from './attacks/network/index.ts';
import { PERSISTENCE_ATTACKS } from './attacks/persistence/index.ts';
import { PROC_ATTACKS } from './attacks/proc/index.ts';
import { PROCESS_ATTACKS } from './attacks/processes/index.ts';
import { RESOURCE_ATTACKS } from './attacks/resources/index.ts';
import { SECCOMP_ATTACKS } from './attacks/seccomp/index.ts';
import { TERMINAL_ATTACKS } from './attacks/terminal/index.ts';
import type { Attack } from './types.ts';

export const ATTACKS: readonly Attack[] = [
  ...FILESYSTEM_ATTACKS,
  ...PROC_ATTACKS,
  ...NAMESPACE_ATTACKS,
  ...CAPABILITY_ATTACKS,
  ...SECCOMP_ATTACKS,
  ...KERNEL_ATTACKS,
  ...NETWORK_ATTACKS,
  ...IPC_ATTACKS,
  ...DESCRIPTOR_ATTACKS,
  ...TERMINAL_ATTACKS,
  ...PROCESS_ATTACKS,
  ...CGROUP_ATTACKS,
  ...RESOURCE_ATTACKS,
  ...LEAK_ATTACKS,
  ...HOST_ATTACKS,
  ...PERSISTENCE_ATTACKS,
];
