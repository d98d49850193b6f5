import type { Diagnosis } from '#engines/engine.ts';

/**
 * nsjail's own messages for failures that have a known cause and cure. A line of its log is
 * `[level][time][pid] function():line text`; the first line that says what went wrong counts, since those below it only
 * say what was given up for it.
 */
const KNOWN: readonly { readonly pattern: RegExp; readonly diagnosis: (why: string) => Diagnosis }[] = [
  // First: any step can fail for want of tasks or memory, and then nothing is wrong with the step.
  {
    pattern: /\S.*: (?:Resource temporarily unavailable|Cannot allocate memory)/i,
    diagnosis: (why) => ({
      code: 'HOST_RESOURCE_EXHAUSTED',
      why,
      hint: 'The host is out of tasks or memory: lower the concurrency or raise its limits',
    }),
  },
  {
    pattern: /clone\(flags=.*\) failed: .*/i,
    diagnosis: (why) => ({
      code: 'HOST_USERNS_DENIED',
      why,
      hint: 'Raise user.max_user_namespaces; allow nsjail user namespaces (kernel.unprivileged_userns_clone=1, or an AppArmor profile on Ubuntu)',
    }),
  },
  {
    pattern: /(?:writeBufToFile\('\/proc\/\d+\/(?:setgroups|[ug]id_map)'|prctl\(PR_SET_SECUREBITS).*/i,
    diagnosis: (why) => ({
      code: 'HOST_USERNS_DENIED',
      why,
      hint: 'The user namespace came without its privileges: an AppArmor profile must allow nsjail user namespaces',
    }),
  },
  {
    pattern: /mount\('[^']*' -> '[^']*\/proc'\): procfs .*/i,
    diagnosis: (why) => ({
      code: 'ENGINE_SETUP_FAILED',
      why,
      hint: 'A container that masks parts of /proc forbids mounting it anew: run it with an unmasked /proc (--security-opt systempaths=unconfined)',
    }),
  },
  {
    pattern: /mount\('\/[^']*' -> '[^']*'\): .*(?:No such file or directory|Permission denied)/i,
    diagnosis: (why) => ({
      code: 'HOST_PATH_UNREACHABLE',
      why,
      hint: 'The path must exist and be reachable by an unprivileged user: check each directory above it for o+x',
    }),
  },
  {
    pattern: /has no field named .*|Config file .* failed to parse .*/i,
    diagnosis: (why) => ({
      code: 'ENGINE_SETUP_FAILED',
      why,
      hint: 'This nsjail does not know a setting that warder needs: build a newer one',
    }),
  },
  {
    pattern: /Could not compile policy: .*|prctl\(PR_SET_SECCOMP, SECCOMP_MODE_FILTER\) failed.*/i,
    diagnosis: (why) => ({
      code: 'ENGINE_SETUP_FAILED',
      why,
      hint: 'This nsjail or this kernel does not take the outer filter: build a newer nsjail (its kafel must know SYSCALL[n])',
    }),
  },
  {
    pattern: /Failed to create work directory for .*/i,
    diagnosis: (why) => ({
      code: 'ENGINE_SETUP_FAILED',
      why,
      hint: 'nsjail needs a directory that everybody may write: /tmp with mode 1777',
    }),
  },
];

export function diagnoseNsjail(diagnostics: string): Diagnosis | undefined {
  for (const { pattern, diagnosis } of KNOWN) {
    const [why] = pattern.exec(diagnostics) ?? [];
    if (why !== undefined) return diagnosis(why.replace(/^(?:\[[^\]]*\])+ \w+\(\):\d+ /, ''));
  }
  return undefined;
}
