/** What the answers of the trials mean that only one of the launchers is put to. */
import { ok, skipped, warning } from './findings.ts';
import { INSTALL_LAUNCHER, UPGRADE_BUBBLEWRAP } from './fixes/packages.ts';
import type { Finding, Fix, LauncherFacts } from './types.ts';

export function judgePlantedLink({ trials }: LauncherFacts): Finding {
  return judgeTrial(trials['plantedLink'], 'no', UPGRADE_BUBBLEWRAP);
}

export function judgeDying({ trials }: LauncherFacts): Finding {
  return judgeTrial(trials['diesWithParent'], 'yes', UPGRADE_BUBBLEWRAP);
}

/** Asked for and not kept: such a launcher is not to be trusted with anything else either. */
export function judgeMountFlags({ name, trials }: LauncherFacts): Finding {
  const finding = judgeTrial(trials['mountFlags'], 'yes', INSTALL_LAUNCHER[name]);
  return finding.state === 'warning'
    ? { ...finding, state: 'failed', code: 'HOST_ENGINE_UNUSABLE' }
    : finding;
}

export function judgeKafel({ trials }: LauncherFacts): Finding {
  return judgeTrial(trials['kafel'], 'yes', INSTALL_LAUNCHER.nsjail);
}

function judgeTrial(
  verdict: LauncherFacts['trials'][string] | undefined,
  good: 'yes' | 'no',
  fix: Fix,
): Finding {
  if (verdict === undefined) return skipped('not tried');
  if (verdict.answer === 'unclear') return skipped(`not to be told: ${verdict.evidence}`);
  return verdict.answer === good ? ok(verdict.evidence) : warning(verdict.evidence, fix);
}

export function judgeOptional({ engine }: LauncherFacts): Finding {
  return ok(listOptions(engine, ['--overlay', '--seccomp', '--json-status-fd']));
}

export function judgeCgroup2({ engine }: LauncherFacts): Finding {
  const wanted = ['--use_cgroupv2', '--detect_cgroupv2'];
  const has = engine.found && wanted.some((option) => engine.options?.includes(option));
  return has
    ? ok(listOptions(engine, wanted))
    : warning(listOptions(engine, wanted), INSTALL_LAUNCHER.nsjail);
}

function listOptions(engine: LauncherFacts['engine'], names: readonly string[]): string {
  const known = engine.found ? (engine.options ?? []) : [];
  return names.map((name) => `${known.includes(name) ? 'has' : 'lacks'} ${name}`).join(', ');
}
