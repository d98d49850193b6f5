import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const ptraceInit: ProbeAttack = {
  kind: 'probe',
  id: 'pr-ptrace-init',
  category: 'processes',
  impact: 'I',
  tier: 1,
  title: 'Trace process 1, read its memory',
  technique: 'PTRACE_SEIZE and process_vm_readv on process 1, on the parent and on a child of one’s own',
  reference: 'sandbox2: PtraceDisallowed; ptrace(2)',
  expected: 'EPERM for each, even for the own child',
  probes: ({ namespaces }) => [{ name: 'attach', argv: ['attach', namespaces['pid'] ?? ''] }],
  judge: refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT', 'EIO'] }),
  // On the host where the policy allows no child, which is what a jail without the filter could be tried on.
  controls: ['without:seccomp', 'host'],
};
