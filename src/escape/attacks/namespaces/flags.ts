/** CLONE_NEW* of linux/sched.h. */
export const NAMESPACE_FLAGS = {
  user: 0x10000000,
  mount: 0x20000,
  pid: 0x20000000,
  network: 0x40000000,
  ipc: 0x8000000,
  uts: 0x4000000,
  cgroup: 0x2000000,
} as const;
