import { refused } from '#escape/judging.ts';
import { callsOf } from '#escape/probe-calls.ts';
import type { ProbeAttack } from '#escape/types.ts';

/** ADJ_TICK with a tick of 0, which is refused as invalid behind the check of capabilities. */
const TIMEX = 'w:0x4000';

export const clock: ProbeAttack = {
  kind: 'probe',
  id: 'ns-clock',
  category: 'namespaces',
  impact: 'D',
  tier: 1,
  title: "Set the host's clock",
  technique:
    'settimeofday without a time, adjtimex and clock_adjtime with a tick that is invalid; opens /dev/rtc',
  reference: 'settimeofday(2), adjtimex(2): the clock is not namespaced',
  expected: 'EPERM or ENOSYS; ENOENT for the device',
  probes: (_, { arch }) => [
    ...callsOf(arch, { settimeofday: ['0', '0'], adjtimex: [TIMEX], clock_adjtime: ['0', TIMEX] }),
    { name: 'rtc', argv: ['access', '2', '/dev/rtc', '/dev/rtc0'] },
  ],
  judge: refused({ errnos: ['EPERM', 'ENOSYS', 'ENOENT', 'EACCES'], reached: ['EINVAL'] }),
  controls: ['host'],
  backed: () => ['seccomp'],
};
