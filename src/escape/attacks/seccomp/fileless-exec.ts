import { refused } from '#escape/judging.ts';
import type { ProbeAttack } from '#escape/types.ts';

const REFUSED = ['EPERM', 'EACCES', 'ENOSYS'];

export const filelessExec: ProbeAttack = {
  kind: 'probe',
  id: 'sc-fileless-exec',
  category: 'seccomp',
  impact: 'V',
  tier: 1,
  title: 'Execute a program that is in no file',
  technique: 'memfd_create, a copy of the probe, execveat of its descriptor',
  reference: 'memfd_create(2), execveat(2); Landlock does not see files without a path',
  expected: 'memfd_create or execveat is refused: EPERM, EACCES, ENOSYS',
  applies: ({ policy }) =>
    policy.writtenFiles === 'deny'
      ? null
      : 'this policy lets the program execute what it wrote (execution.writtenFiles)',
  probes: () => [{ name: 'fileless', argv: ['fileless'] }],
  judge: (answers, context) => {
    const [answer] = answers;
    const ran = answer?.lines.some(({ key }) => key === 'euid') === true;
    if (ran) return { verdict: 'escaped', evidence: ['the program in memory ran'] };
    const made = answer?.calls.find(({ name }) => name === 'memfd_create');
    // Only a file that was refused makes a bad descriptor an answer.
    const judged = made && REFUSED.includes(made.errno ?? '') ? ['memfd_create'] : ['execveat'];
    return refused({ errnos: REFUSED, calls: judged })(answers, context);
  },
  controls: ['without:seccomp+landlock', 'host'],
  layers: [],
};
