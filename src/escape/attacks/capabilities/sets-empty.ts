import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

const EXPECTED: Readonly<Record<string, RegExp>> = {
  CapInh: /^0+$/,
  CapPrm: /^0+$/,
  CapEff: /^0+$/,
  CapBnd: /^0+$/,
  CapAmb: /^0+$/,
  NoNewPrivs: /^1$/,
  Seccomp: /^2$/,
  Seccomp_filters: /^[1-9]\d*$/,
};

export const setsEmpty: ProbeAttack = {
  kind: 'probe',
  id: 'cap-sets-empty',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'Capabilities left over',
  technique: 'Reads the five capability sets, NoNewPrivs and Seccomp of /proc/self/status',
  reference: 'capabilities(7), proc_pid_status(5)',
  expected: 'Every set 0, NoNewPrivs 1, Seccomp 2 with a filter',
  probes: () => [{ name: 'status', argv: ['read', '/proc/self/status'] }],
  judge: judgeStatus,
  controls: ['plain', 'without:seccomp'],
  layers: [],
};

function judgeStatus([answer]: Answers): Judgement {
  const status = new Map(
    (answer ? contentOf(answer) : '').split('\n').map((line) => {
      const [name = '', value = ''] = line.split(/:\s*/);
      return [name, value] as const;
    }),
  );
  if (status.size < 10)
    return { verdict: 'error', evidence: [(answer && describeEnd(answer)) ?? 'status cannot be read'] };
  // Seccomp_filters is of Linux 5.9; without it nothing is known about the number.
  const wanted = Object.entries(EXPECTED).filter(([name]) => name !== 'Seccomp_filters' || status.has(name));
  const wrong = wanted.filter(([name, value]) => !value.test(status.get(name) ?? ''));
  const shown = (wrong.length > 0 ? wrong : wanted).map(
    ([name]) => `${name}: ${status.get(name) ?? 'missing'}`,
  );
  return { verdict: wrong.length > 0 ? 'escaped' : 'contained', evidence: shown };
}
