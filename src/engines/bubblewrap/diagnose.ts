import type { Diagnosis } from '#engines/engine.ts';

/** bubblewrap's own messages (0.8–0.12) for failures that have a known cause and cure. */
const KNOWN: readonly {
  readonly pattern: RegExp;
  readonly diagnosis: (match: RegExpExecArray) => Diagnosis;
}[] = [
  // First: any step can fail for want of tasks or memory, and then nothing is wrong with the step.
  {
    pattern: /Resource temporarily unavailable|Cannot allocate memory/i,
    diagnosis: ([message]) => ({
      code: 'HOST_RESOURCE_EXHAUSTED',
      why: message,
      hint: 'The host is out of tasks or memory: lower the concurrency or raise its limits',
    }),
  },
  {
    pattern: /setting up uid map: (.*)|No permissions to creat\w+ (?:a )?new namespace/i,
    diagnosis: ([message]) => ({
      code: 'HOST_USERNS_DENIED',
      why: message,
      hint: 'On Ubuntu an AppArmor profile must allow it (install the profile bwrap-userns-restrict); elsewhere: sysctl -w kernel.unprivileged_userns_clone=1',
    }),
  },
  {
    pattern: /Creating new namespace failed[:,] (.*)/i,
    diagnosis: ([message]) => ({
      code: 'HOST_USERNS_DENIED',
      why: message,
      hint: 'Raise user.max_user_namespaces, or allow user namespaces in the container that this host is',
    }),
  },
  {
    pattern: /Can't mount proc on .*/i,
    diagnosis: ([message]) => ({
      code: 'ENGINE_SETUP_FAILED',
      why: message,
      hint: 'A container that masks parts of /proc forbids mounting it anew: run it with an unmasked /proc (--security-opt systempaths=unconfined)',
    }),
  },
  {
    pattern: /Can't find source path (.*?): (.*)/i,
    diagnosis: ([message]) => ({
      code: 'HOST_PATH_UNREACHABLE',
      why: message,
      hint: 'The path must exist and be reachable by an unprivileged user: check each directory above it for o+x',
    }),
  },
];

export function diagnoseBubblewrap(diagnostics: string): Diagnosis | undefined {
  for (const { pattern, diagnosis } of KNOWN) {
    const match = pattern.exec(diagnostics);
    if (match) return diagnosis(match);
  }
  return undefined;
}
