import { beyondSupervisor } from '#escape/control-judging.ts';
import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

export const moduleKexec: ProbeAttack = {
  kind: 'probe',
  id: 'ks-module-kexec',
  category: 'kernel',
  impact: 'E',
  tier: 1,
  title: 'Load a module or another kernel',
  technique:
    'init_module, finit_module, delete_module, kexec_load and kexec_file_load, each with arguments that cannot be carried out',
  reference: 'init_module(2), kexec_load(2)',
  expected: 'EPERM or ENOSYS',
  probes: (_, { arch }) =>
    callsOf(arch, {
      init_module: ['-1', '0', '-1'],
      finit_module: ['-1', '-1', '0x1000'],
      delete_module: ['-1', '0'],
      // More segments than there may be, and a flag that does not exist: nothing is loaded or unloaded.
      kexec_load: ['0', '100000', '-1', '0'],
      kexec_file_load: ['-1', '-1', '0', '0', '0x8000'],
    }),
  judge: beyondSupervisor(
    refused({ errnos: ['EPERM', 'ENOSYS'], reached: ['EFAULT', 'EINVAL', 'ENOEXEC', 'EBADF'] }),
  ),
  controls: ['host'],
};
