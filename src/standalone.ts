import { renderStandalone } from '#engines/nsjail/standalone.ts';
import type { HostFacts } from '#host/types.ts';
import { DEFAULT_UID_COUNT, DEFAULT_UID_FIRST } from '#launch/uid-pool.ts';
import type { Prepared } from './prepare.ts';

/** Above the ids that runs are given, so that nothing run by hand shares one with a run. */
const HOST_ID_BY_HAND = DEFAULT_UID_FIRST + DEFAULT_UID_COUNT;

/** The text of a file that runs the program without warder; null for an engine that has no such files. */
export function standaloneFile(
  { jail, program, policy, filter }: Pick<Prepared, 'jail' | 'program' | 'policy' | 'filter'>,
  facts: Pick<HostFacts, 'uid' | 'cgroup'>,
): string | null {
  if (jail.engine.name !== 'nsjail') return null;
  return renderStandalone({
    plan: jail,
    program: program.spec,
    supervision: program.supervision,
    pids: policy.limits.pids,
    filter: filter.model,
    cgroupDriver: facts.cgroup.driver,
    hostId: facts.uid === 0 ? HOST_ID_BY_HAND : null,
  });
}
