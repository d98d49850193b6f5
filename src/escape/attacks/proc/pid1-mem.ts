import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const pid1Mem: ProbeAttack = {
  kind: 'probe',
  id: 'proc-pid1-mem',
  category: 'proc',
  impact: 'I',
  tier: 1,
  title: 'The memory of process 1, which reports the result',
  technique:
    'Opens /proc/1/mem and /proc/1/maps; process_vm_readv and process_vm_writev with nothing to copy',
  reference: 'proc_pid_mem(5), PR_SET_DUMPABLE, process_vm_readv(2)',
  expected: 'EACCES, EPERM or EROFS; ENOSYS',
  probes: (_, { arch }) => [
    { name: 'mem', argv: ['open', 'rw', '/proc/1/mem'] },
    {
      name: 'maps',
      argv: [
        'open',
        'r',
        '/proc/1/mem',
        '/proc/1/maps',
        '/proc/1/pagemap',
        '/proc/1/fd',
        '/proc/1/map_files',
      ],
    },
    ...callsOf(arch, {
      process_vm_readv: ['1', 'w:4096,8', '1', 'w:4096,8', '1', '0'],
      process_vm_writev: ['1', 'w:4096,8', '1', 'w:4096,8', '1', '0'],
    }),
  ],
  judge: refused({ errnos: ['EACCES', 'EPERM', 'EROFS', 'ENOSYS', 'ENOENT'], reached: ['EFAULT'] }),
  controls: ['privileged', 'host'],
  layers: ['seccomp', 'landlock', 'readOnlyProc'],
};
