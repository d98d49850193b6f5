import { contentOf, describeEnd } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

export const suidExec: ProbeAttack = {
  kind: 'probe',
  id: 'cap-suid-exec',
  category: 'capabilities',
  impact: 'E',
  tier: 1,
  title: 'Set-user-ID programs of the root file system',
  technique:
    'Reads the flags of every mount, and NoNewPrivs: with nosuid and no_new_privs su, sudo, mount and passwd are ordinary programs',
  reference: 'mount(2) MS_NOSUID, PR_SET_NO_NEW_PRIVS(2const)',
  expected: 'nosuid on each mount, NoNewPrivs 1',
  probes: () => [
    { name: 'mounts', argv: ['read', '/proc/self/mountinfo'] },
    { name: 'status', argv: ['read', '/proc/self/status'] },
  ],
  judge: judgeMounts,
  controls: ['host'],
  layers: [],
};

function judgeMounts([mounts, status]: Answers): Judgement {
  const lines = (mounts ? contentOf(mounts) : '').split('\n').filter((line) => line !== '');
  const noNewPrivs = /^NoNewPrivs:\t1$/m.test(status ? contentOf(status) : '');
  if (mounts === undefined || lines.length === 0)
    return { verdict: 'error', evidence: [(mounts && describeEnd(mounts)) ?? 'mountinfo is empty'] };
  const open = lines.filter((line) => !(line.split(' ')[5] ?? '').split(',').includes('nosuid'));
  const evidence = [
    `NoNewPrivs ${noNewPrivs ? 1 : 0}`,
    ...open.map((line) => `without nosuid: ${line.split(' ')[4]}`),
    ...(open.length === 0 ? [`${lines.length} mounts, all nosuid`] : []),
  ];
  if (noNewPrivs && open.length === 0) return { verdict: 'contained', evidence };
  // Each of the two alone suffices; both are promised.
  return { verdict: noNewPrivs || open.length === 0 ? 'weak' : 'escaped', evidence };
}
