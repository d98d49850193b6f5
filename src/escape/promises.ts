/**
 * What warder promises and what it does not, as data: SECURITY.md says the same in more words, and a test holds the two
 * together. Each promise names the attacks that would break it, in the words of `--only`.
 */
import type { Attack } from './types.ts';

export interface SecurityPromise {
  readonly id: string;
  /** One sentence that is true or false of a run. */
  readonly text: string;
  /** Ids of attacks and names of categories. */
  readonly attacks: readonly string[];
}

/** Under a policy that grants no more than `strict`, on a host where warder does not refuse. */
export const PROMISES: readonly SecurityPromise[] = [
  {
    id: 'files',
    text: 'The program cannot read or write a file of the host outside the root file system that it was given.',
    attacks: ['filesystem', 'proc'],
  },
  {
    id: 'network',
    text: 'It has no network, and no socket family but AF_UNIX, which reaches nobody outside.',
    attacks: ['network'],
  },
  {
    id: 'privileges',
    text: 'It is never uid 0 on the host, has no capability, cannot gain privileges and cannot make namespaces.',
    attacks: ['namespaces', 'capabilities'],
  },
  {
    id: 'kernel',
    text: 'It reaches only those system calls that the filter of its policy allows, by every ABI of the processor.',
    attacks: ['seccomp', 'kernel'],
  },
  {
    id: 'processes',
    text: 'It sees and signals no process but its own and process 1 of its sandbox, which it cannot trace, read or kill.',
    attacks: ['processes'],
  },
  {
    id: 'limits',
    text: 'It cannot use more memory, tasks, processor time, wall-clock time or output than the policy says.',
    attacks: ['cgroups', 'resources'],
  },
  {
    id: 'handles',
    text: 'It inherits no descriptor and no terminal of the host.',
    attacks: ['descriptors', 'terminal'],
  },
  {
    id: 'secrets',
    text: 'It does not see the environment, the arguments or the files of whoever started it.',
    attacks: ['leaks'],
  },
  {
    id: 'neighbours',
    text: 'Nothing of it is left when the result is there, and two runs share nothing writable.',
    attacks: ['ipc', 'persistence'],
  },
  {
    id: 'supervisor',
    text: 'The result cannot be forged, and what the program leaves, prints or is named cannot mislead its supervisor.',
    attacks: ['host'],
  },
];

/** Shown in every report, so that nobody takes it for more than it is. */
export const NOT_PROMISED: readonly string[] = [
  'Kernel bugs in the system calls that the policy allows.',
  'Side channels: timing, caches, speculative execution, file locks on shared read-only files.',
  'That the program cannot tell on what it runs: kernel version, processor, its host uid, its root file system.',
  'Fairness beyond the limits: memory bandwidth, disk and caches are shared.',
  'What the policy grants: writable mounts, loopback, further calls, controls in allowDegraded.',
  'Bugs of the launchers in versions that are known to have them.',
  'Anything that no attack of this suite tries. Contained attacks are evidence, not proof.',
];

/** The attacks that would break a promise. */
export function attacksOf<A extends Pick<Attack, 'id' | 'category'>>(
  promise: SecurityPromise,
  attacks: readonly A[],
): readonly A[] {
  return attacks.filter(
    ({ id, category }) => promise.attacks.includes(id) || promise.attacks.includes(category),
  );
}
