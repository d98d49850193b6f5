import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

/** The launcher's and the program's own. */
const FILTERS = 2;

export const filterLayers: ProbeAttack = {
  kind: 'probe',
  id: 'sc-filter-layers',
  category: 'seccomp',
  impact: 'V',
  tier: 2,
  title: 'One filter instead of two',
  technique:
    'Reads Seccomp_filters of /proc/self/status: one filter that is missing or wrong would be the only one',
  reference: 'proc_pid_status(5), Linux 5.9',
  expected: 'Two filters: one of the launcher, one of init',
  probes: () => [{ name: 'status', argv: ['read', '/proc/self/status'] }],
  judge: judgeFilters,
  controls: ['plain', 'host'],
  layers: [],
};

function judgeFilters([answer]: Answers): Judgement {
  const status = answer ? contentOf(answer) : '';
  const found = /^Seccomp_filters:\s*(\d+)$/m.exec(status);
  if (found === null) {
    // The line above it is older (Linux 3.8), and told from a file that was not read.
    if (/^Seccomp:/m.test(status))
      return { verdict: 'not-applicable', evidence: ['this kernel does not say'] };
    return { verdict: 'error', evidence: [(answer && describeEnd(answer)) ?? 'the status was not read'] };
  }
  const evidence = [`Seccomp_filters: ${found[1]}`];
  if (found[1] === '0') return { verdict: 'escaped', evidence };
  return { verdict: Number(found[1]) >= FILTERS ? 'contained' : 'weak', evidence };
}
