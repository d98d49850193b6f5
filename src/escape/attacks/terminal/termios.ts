import type { AbsentAttack } from '#escape/types.ts';

export const termios: AbsentAttack = {
  kind: 'absent',
  id: 'tty-termios',
  category: 'terminal',
  impact: 'I',
  tier: 2,
  title: 'Settings of the caller’s terminal',
  technique: 'tcsetattr, window size and stopped output on a terminal that is passed in',
  reference: 'isolate’s warning on --tty-hack',
  expected: 'the caller’s terminal is as before',
  verdict: 'not-tested',
  why: 'feature not present: no run has a terminal yet; tty-tiocsti and tty-tioclinux show that its stdio is none',
};
