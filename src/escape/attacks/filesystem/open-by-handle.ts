import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const openByHandle: ProbeAttack = {
  kind: 'probe',
  id: 'fs-open-by-handle',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'Open files by their handle, past all mounts',
  technique: 'name_to_handle_at of /, then open_by_handle_at of that handle with O_PATH',
  reference: 'open_by_handle_at(2), CAP_DAC_READ_SEARCH',
  expected: 'open_by_handle_at: EPERM or ENOSYS',
  probes: () => [{ name: 'handle', argv: ['handle', '/usr'] }],
  judge: refused({
    errnos: ['EPERM', 'ENOSYS'],
    reached: ['ESTALE', 'EINVAL', 'EOPNOTSUPP', 'EBADF'],
    calls: ['open_by_handle_at'],
  }),
  controls: ['plain', 'host'],
  backed: () => ['seccomp'],
};
