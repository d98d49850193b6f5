import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const SYSCTLS = ['core_pattern', 'modprobe', 'hostname', 'randomize_va_space', 'panic'];

export const corePattern: ProbeAttack = {
  kind: 'probe',
  id: 'proc-core-pattern',
  category: 'proc',
  impact: 'E',
  tier: 1,
  title: 'Settings of the kernel',
  technique:
    'Opens core_pattern, modprobe and other files of /proc/sys/kernel for writing, and writes nothing',
  reference: 'core(5), proc_sys_kernel(5)',
  expected: 'EROFS, EACCES or ENOENT for each',
  probes: () => [
    { name: 'sysctl', argv: ['open', 'w', ...SYSCTLS.map((name) => `/proc/sys/kernel/${name}`)] },
  ],
  judge: refused({ errnos: ['EROFS', 'EACCES', 'ENOENT', 'EPERM'] }),
  controls: ['plain', 'host'],
  backed: ({ landlockAbi }) => (landlockAbi > 0 ? ['readOnlyProc', 'landlock'] : []),
  layers: ['readOnlyProc', 'landlock'],
};
