/** What the trial of a launcher tells: whether it builds a sandbox, and what is promised inside. */
import { bubblewrap } from '#engines/bubblewrap/engine.ts';
import type { EngineName } from '#engines/choose.ts';
import { nsjail } from '#engines/nsjail/engine.ts';
import type { ErrorCode } from '#error/codes.ts';
import type { Trial } from '#launch/trial.ts';
import { ok, skipped } from './findings.ts';
import { INSTALL_LAUNCHER } from './fixes/packages.ts';
import { confinementFix, isConfining, namespaceFix } from './namespace-fix.ts';
import { howItEnded, readSurvey } from './survey.ts';
import type { DoctorFacts, Finding, LauncherFacts } from './types.ts';

const ENGINES = { bubblewrap, nsjail } as const;

export function judgeSandbox(launcher: LauncherFacts, facts: DoctorFacts): Finding {
  const { name, jail } = launcher;
  if (jail === null) return skipped(launcher.trials['all']?.evidence ?? 'not tried, since it could not work');
  if (jail.exitCode === 0) return ok('built, and its program ran');
  const diagnosis = ENGINES[name].diagnose(jail.stderr);
  const hint = diagnosis === undefined ? '' : `. ${diagnosis.hint}`;
  const fix =
    diagnosis?.code === 'HOST_USERNS_DENIED'
      ? namespaceFix(facts, launcher)
      : confinementFix(facts, launcher);
  return {
    state: 'failed',
    found: `${howItEnded(jail)}${hint}`,
    code: codeOf(name, jail),
    ...(fix ? { fix } : {}),
  };
}

/** With which a run ends that meets the same. */
function codeOf(name: EngineName, jail: Trial): ErrorCode {
  return (
    ENGINES[name].diagnose(jail.stderr)?.code ??
    (jail.timedOut ? 'ENGINE_SETUP_TIMEOUT' : 'ENGINE_SETUP_FAILED')
  );
}

export function judgeProfile(launcher: LauncherFacts, facts: DoctorFacts): Finding {
  const { name, profile, jail } = launcher;
  if (profile === null) return ok('no profile of it');
  const found = `the profile ${profile.name} (${profile.mode})`;
  if (!isConfining(profile)) return ok(`${found} forbids nothing`);
  if (jail === null) return skipped(`${found}; the launcher was not tried`);
  if (jail.exitCode === 0) return ok(`${found} lets it`);
  const fix = confinementFix(facts, launcher);
  return {
    state: 'failed',
    found: `${found} is in force`,
    code: codeOf(name, jail),
    ...(fix ? { fix } : {}),
  };
}

/** What the survey inside the sandbox answered; null when it did not get to run. */
function answerInside({ jail }: LauncherFacts, name: string): string | null {
  return jail?.exitCode === 0 ? (readSurvey(jail.stdout)[name] ?? null) : null;
}

export function judgeProc(launcher: LauncherFacts): Finding {
  const answer = answerInside(launcher, 'procWritable');
  if (answer === null) return skipped('not asked: no sandbox was built');
  return answer === '0' ? notHonoured(launcher, 'a file of /proc could be opened for writing') : ok(answer);
}

export function judgeNested(launcher: LauncherFacts): Finding {
  const answer = answerInside(launcher, 'userns');
  if (answer === null) return skipped('not asked: no sandbox was built');
  return answer === '0' ? notHonoured(launcher, 'one could be made') : ok(`refused (${answer})`);
}

function notHonoured({ name }: LauncherFacts, found: string): Finding {
  return { state: 'failed', found, fix: INSTALL_LAUNCHER[name], code: 'HOST_ENGINE_UNUSABLE' };
}
