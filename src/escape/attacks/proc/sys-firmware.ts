import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const PATHS = [
  '/sys',
  '/sys/firmware',
  '/sys/class/dmi/id',
  '/sys/devices',
  '/sys/block',
  '/sys/fs/cgroup',
  '/sys/kernel',
];

export const sysFirmware: ProbeAttack = {
  kind: 'probe',
  id: 'sys-firmware-dmi',
  category: 'proc',
  impact: 'H',
  tier: 2,
  title: 'Hardware, firmware and control groups in /sys',
  technique: 'Opens /sys and directories below it',
  reference: 'sysfs(5)',
  expected: 'ENOENT: there is no /sys',
  probes: () => [{ name: 'sys', argv: ['open', 'rd', ...PATHS] }],
  judge: refused({ errnos: ['ENOENT', 'EACCES'] }),
  controls: ['plain', 'host'],
  layers: [],
};
