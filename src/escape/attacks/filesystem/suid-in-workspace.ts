import { describeCall, describeEnd, isKill, valuesOf } from '#escape/judging.ts';
import type { Answers, Judgement, ProbeAttack } from '#escape/types.ts';

export const suidInWorkspace: ProbeAttack = {
  kind: 'probe',
  id: 'fs-suid-in-workspace',
  category: 'filesystem',
  impact: 'E',
  tier: 1,
  title: 'A set-user-ID program of its own',
  technique:
    'Copies the probe with mode 6755 to a directory that nobody else may enter, executes it under another uid where one can be had, asks for the effective uid',
  reference: 'execve(2), mount(2) MS_NOSUID, PR_SET_NO_NEW_PRIVS',
  expected: 'The effective uid stays the real one, or the copy cannot be executed (EACCES)',
  probes: ({ token, ownDir }) => [{ name: 'suid', argv: ['suid', `.warder-${token}`, ownDir, '/tmp'] }],
  judge: judgeIds,
  // Nothing between has both another uid and a file system without nosuid.
  controls: ['host'],
};

/** Steps by which such a program comes to run, and how each may be refused. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  mkdir: ['EACCES', 'EROFS', 'EPERM'],
  create: ['EACCES', 'EROFS', 'EPERM'],
  chmod: ['EPERM', 'EACCES'],
  fork: ['EAGAIN', 'EPERM', 'ENOSYS'],
  execve: ['EACCES', 'EPERM', 'ENOSYS'],
};

function judgeIds([answer]: Answers): Judgement {
  if (answer === undefined) return { verdict: 'error', evidence: ['no answer'] };
  const [uid] = valuesOf(answer, 'uid');
  const [euid] = valuesOf(answer, 'euid');
  const failed = answer.calls.filter(({ errno }) => errno !== null).map(describeCall);
  if (uid === undefined || euid === undefined) {
    const refused = answer.calls.some(({ name, errno }) => REFUSALS[name]?.includes(errno ?? '') === true);
    const evidence = [...failed, describeEnd(answer) ?? 'the copy said nothing'];
    return { verdict: refused || isKill(answer) ? 'contained' : 'error', evidence };
  }
  const evidence = [`uid ${uid}, effective ${euid}`, ...failed];
  return { verdict: uid === euid && euid !== '0' ? 'contained' : 'escaped', evidence };
}
