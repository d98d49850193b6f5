/** The same questions for both launchers, and those that only one of them raises. */
import type { EngineName } from '#engines/choose.ts';
import {
  judgeCgroup2,
  judgeDying,
  judgeKafel,
  judgeMountFlags,
  judgeOptional,
  judgePlantedLink,
} from './check-launcher-trials.ts';
import { judgeNested, judgeProc, judgeProfile, judgeSandbox } from './check-sandbox.ts';
import { ok, skipped, warning } from './findings.ts';
import { INSTALL_LAUNCHER, removeSetuid } from './fixes/packages.ts';
import { asUser } from './fixes/shell.ts';
import type { Check, DoctorFacts, Finding, LauncherFacts } from './types.ts';

type Judge = (launcher: LauncherFacts, facts: DoctorFacts) => Finding;

const VARIABLE = { bubblewrap: 'WARDER_BWRAP', nsjail: 'WARDER_NSJAIL' } as const;
const SETUID_AND_SETGID = 0o6000;

const COMMON: readonly [what: string, title: string, why: string, judge: Judge][] = [
  ['found', 'installed', 'A launcher builds the sandbox; one of the two is enough', judgeFound],
  [
    'options',
    'has what runs need',
    'Features are told by the options in its help, never by a version',
    judgeOptions,
  ],
  [
    'setuid',
    'without set-user-ID',
    'User namespaces make the bit unnecessary; with it, every flaw of the launcher is one of root',
    judgeSetuid,
  ],
  [
    'sandbox',
    'builds a sandbox, as the uid of a run',
    'Everything else rests on it; a launcher may be there and still be kept from working',
    judgeSandbox,
  ],
  [
    'appArmor',
    'not kept from it by AppArmor',
    'A profile of AppArmor may forbid a launcher what it is for, and the launcher only sees that something was refused',
    judgeProfile,
  ],
  [
    'readOnlyProc',
    '/proc of the sandbox is read-only',
    'Through a writable one, settings of the kernel are in reach of a program with the wrong host uid',
    judgeProc,
  ],
  [
    'mountFlags',
    'its mounts are nosuid and nodev',
    'A set-user-ID file or a device node among what a program sees would otherwise be one',
    judgeMountFlags,
  ],
];

const ONLY_BUBBLEWRAP: typeof COMMON = [
  [
    'nestedNamespaces',
    'no further user namespaces inside',
    'Most ways into the kernel of recent years begin with one',
    judgeNested,
  ],
  [
    'plantedLink',
    'does not follow planted links (CVE-2026-87766)',
    "Setting up a file below a writable bind could write to the host; warder's own options never do that, other users of this launcher may",
    judgePlantedLink,
  ],
  [
    'diesWithParent',
    'its sandbox dies with it',
    "A second means beside init's channel, so that nothing outlives a killed supervisor",
    judgeDying,
  ],
  [
    'optional',
    'options that are not needed',
    'Overlays, a filter at the launcher and status lines; warder works without them',
    judgeOptional,
  ],
];

const ONLY_NSJAIL: typeof COMMON = [
  [
    'kafel',
    'kafel compiles KILL_PROCESS',
    'Files of `warder render` for use by hand carry such a policy; supervised runs do not',
    judgeKafel,
  ],
  [
    'cgroup2',
    'knows cgroup v2',
    'Files of `warder render` for use by hand need it there; supervised runs do not',
    judgeCgroup2,
  ],
];

export const BUBBLEWRAP_CHECKS = [...COMMON, ...ONLY_BUBBLEWRAP].map((row) => toCheck('bubblewrap', row));
export const NSJAIL_CHECKS = [...COMMON, ...ONLY_NSJAIL].map((row) => toCheck('nsjail', row));

/** A launcher that runs do not take here is at most a warning. */
function toCheck(name: EngineName, [what, title, why, judge]: (typeof COMMON)[number]): Check {
  const soften = (finding: Finding, facts: DoctorFacts): Finding =>
    finding.state === 'failed' && !facts.neededEngines.includes(name)
      ? { ...finding, state: 'warning' }
      : finding;
  return {
    id: `${name}.${what}`,
    group: name,
    title: `${name}: ${title}`,
    why,
    judge: (facts) => {
      if (what !== 'found' && !facts[name].engine.found) return skipped('not installed');
      return soften(judge(facts[name], facts), facts);
    },
  };
}

function judgeFound({ name, engine }: LauncherFacts): Finding {
  if (engine.found) return ok(`${engine.path} (${engine.version})`);
  const { searched, givenButUnusable: why } = engine;
  if (why === undefined) {
    const found = `not in ${searched.map((path) => path.replace(/\/[^/]*$/, '')).join(', ')}`;
    return { state: 'failed', found, fix: INSTALL_LAUNCHER[name], code: 'HOST_ENGINE_MISSING' };
  }
  const fix = asUser(
    `Take back the path that ${VARIABLE[name]} gives, so that PATH is searched`,
    `unset ${VARIABLE[name]}`,
  );
  return {
    state: 'failed',
    found: `${VARIABLE[name]} names ${searched[0]}: ${why}`,
    fix,
    code: 'HOST_ENGINE_UNUSABLE',
  };
}

function judgeOptions({ name, missingOptions }: LauncherFacts): Finding {
  if (missingOptions.length === 0) return ok('every one');
  const found = `lacks ${missingOptions.join(', ')}`;
  return { state: 'failed', found, fix: INSTALL_LAUNCHER[name], code: 'HOST_ENGINE_UNUSABLE' };
}

function judgeSetuid({ engine, mode }: LauncherFacts): Finding {
  if (mode === null || !engine.found) return skipped('its mode cannot be read');
  const octal = mode.toString(8).padStart(4, '0');
  return (mode & SETUID_AND_SETGID) === 0
    ? ok(`mode ${octal}`)
    : warning(`mode ${octal}`, removeSetuid(engine.path));
}
