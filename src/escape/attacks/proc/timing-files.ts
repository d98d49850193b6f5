import { empty } from '#escape/attacks/proc/hidden.ts';
import { ifPresent } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const FILES = [
  ...['/proc/sched_debug', '/proc/timer_list', '/proc/interrupts', '/proc/latency_stats', '/proc/cmdline'],
  ...['/sys/class/powercap/intel-rapl:0/energy_uj', '/sys/kernel/debug/sched/debug'],
];

export const timingFiles: ProbeAttack = {
  kind: 'probe',
  id: 'proc-timing-files',
  category: 'proc',
  impact: 'H',
  tier: 2,
  title: 'What the rest of the host is doing',
  technique: 'Reads timers, scheduler state, interrupts, latencies and energy counters',
  reference: 'CVE-2020-8694 (energy counters), proc(5)',
  expected: 'ENOENT or EACCES, or nothing in them',
  probes: () => FILES.map((path) => ({ name: path, argv: ['head', '64', path] })),
  judge: ifPresent(empty),
  controls: ['host', 'plain'],
  layers: ['procMasks'],
};
